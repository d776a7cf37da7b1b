/** A picture of a size, as PNG. */
export interface Png {
	readonly size: number;
	readonly bytes: Buffer;
}

/** Names that Apple's icon files give to sizes in pixels. */
const ICNS_TYPES: Readonly<Record<number, string>> = {
	32: "ic11",
	64: "ic12",
	128: "ic07",
	256: "ic08",
	512: "ic09",
};

/** A Windows icon: a table of pictures and then the pictures. */
export function ico(pngs: readonly Png[]): Buffer {
	const head = Buffer.alloc(6 + 16 * pngs.length);
	head.writeUInt16LE(1, 2);
	head.writeUInt16LE(pngs.length, 4);
	let offset = head.length;
	for (const [index, { size, bytes }] of pngs.entries()) {
		const at = 6 + 16 * index;
		// 256 is written as 0.
		head.writeUInt8(size % 256, at);
		head.writeUInt8(size % 256, at + 1);
		head.writeUInt16LE(1, at + 4);
		head.writeUInt16LE(32, at + 6);
		head.writeUInt32LE(bytes.length, at + 8);
		head.writeUInt32LE(offset, at + 12);
		offset += bytes.length;
	}
	return Buffer.concat([head, ...pngs.map(({ bytes }) => bytes)]);
}

/** An Apple icon: pictures one after the other, each with its name and length. */
export function icns(pngs: readonly Png[]): Buffer {
	const parts = pngs.flatMap(({ size, bytes }) => {
		const type = ICNS_TYPES[size];
		if (type === undefined) throw new Error(`An Apple icon has no picture of ${size} pixels.`);
		return [chunkHead(type, bytes.length), bytes];
	});
	const body = Buffer.concat(parts);
	return Buffer.concat([chunkHead("icns", body.length), body]);
}

function chunkHead(type: string, length: number): Buffer {
	const head = Buffer.alloc(8);
	head.write(type, "latin1");
	head.writeUInt32BE(length + 8, 4);
	return head;
}
