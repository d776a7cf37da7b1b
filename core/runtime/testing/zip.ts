import { deflateRawSync } from "node:zlib";

/** A ZIP archive of some files, every second one stored and the others deflated. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Buffer {
	const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
	let offset = 0;
	Object.entries(files).forEach(([name, data], i) => {
		const method = i % 2 === 0 ? 8 : 0;
		const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(method, 4);
		common.writeUInt32LE(checksum(data), 10);
		common.writeUInt32LE(packed.length, 14);
		common.writeUInt32LE(data.length, 18);
		common.writeUInt16LE(Buffer.byteLength(name), 22);
		const text = Buffer.from(name);
		const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, text, packed]);
		const entry = Buffer.alloc(46);
		entry.write("PK\x01\x02", "latin1");
		common.copy(entry, 6);
		entry.writeUInt32LE(offset, 42);
		bodies.push(local);
		directory.push(Buffer.concat([entry, text]));
		offset += local.length;
	});
	const listing = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.write("PK\x05\x06", "latin1");
	end.writeUInt16LE(directory.length, 8);
	end.writeUInt16LE(directory.length, 10);
	end.writeUInt32LE(listing.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...bodies, listing, end]);
}

/** Bit by bit, so that it shares nothing with the reader's table. */
function checksum(data: Uint8Array): number {
	let crc = 0xffff_ffff;
	for (const byte of data) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
	}
	return ~crc >>> 0;
}
