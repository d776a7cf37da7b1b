import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { createInflateRaw, inflateRawSync } from "node:zlib";
import { AppError } from "../../contract/errors.ts";

/** One file in an archive. */
export interface ZipEntry {
	readonly name: string;
	/** Bytes of the file itself. */
	readonly size: number;
	readonly packedSize: number;
	readonly method: number;
	readonly crc: number;
	readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
/** The end record is 22 bytes and a comment of at most 65,535. */
const END_SEARCH = 22 + 65_535;
const STORED = 0;
const DEFLATED = 8;
/** The largest text that is read whole; a manifest has some kB. */
const MAX_TEXT_BYTES = 1_000_000;

/**
 * A ZIP archive (a Python wheel and a NuGet package are ones), read piece by piece: only what is asked for is unpacked.
 * Throws `file-corrupt` for what is no archive, and for one of over 4 GB, whose longer form is not read.
 */
export class Zip {
	readonly entries: readonly ZipEntry[];
	readonly #file: FileHandle;
	readonly #path: string;

	private constructor(file: FileHandle, path: string, entries: readonly ZipEntry[]) {
		this.#file = file;
		this.#path = path;
		this.entries = entries;
	}

	static async open(path: string): Promise<Zip> {
		const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
			const hint = "Check the path.";
			throw new AppError({ code: "file-missing", message: `${path} cannot be opened: ${cause.code}.`, hint });
		});
		try {
			return new Zip(file, path, await readDirectory(file, path));
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	/** Unpacks a file under a temporary name, holds it against its checksum and renames it into place. */
	async extract(entry: ZipEntry, target: string, onBytes: (count: number) => void): Promise<void> {
		if (entry.method !== STORED && entry.method !== DEFLATED) {
			throw corrupt(this.#path, `${entry.name} is packed in a way that is not read (method ${entry.method})`);
		}
		const start = await this.#start(entry);
		const packed = this.#file.createReadStream({
			start,
			end: start + entry.packedSize - 1,
			autoClose: false,
		});
		const stream = entry.method === DEFLATED ? packed.pipe(createInflateRaw()) : packed;
		packed.on("error", (error) => stream.destroy(error));
		const temporary = `${target}.tmp`;
		const out = await open(temporary, "w");
		let [size, crc] = [0, 0xffff_ffff];
		try {
			for await (const chunk of stream as AsyncIterable<Buffer>) {
				crc = addToCrc(crc, chunk);
				size += chunk.length;
				// A small archive may unpack to more than the disk holds.
				if (size > entry.size) break;
				await out.writeFile(chunk);
				onBytes(chunk.length);
			}
			if (size !== entry.size || ~crc >>> 0 !== entry.crc) {
				throw corrupt(this.#path, `${entry.name} does not match its checksum`);
			}
			await out.sync();
			await out.close();
			await rename(temporary, target);
		} catch (cause) {
			await out.close().catch(() => undefined);
			await rm(temporary, { force: true });
			if ((cause as NodeJS.ErrnoException).code?.startsWith("Z_")) {
				throw corrupt(this.#path, `${entry.name} cannot be unpacked`);
			}
			throw cause;
		}
	}

	/** A small file of the archive as text. */
	async text(entry: ZipEntry): Promise<string> {
		if (entry.packedSize > MAX_TEXT_BYTES) throw corrupt(this.#path, `${entry.name} is too large`);
		const packed = await readAt(this.#file, await this.#start(entry), entry.packedSize);
		if (entry.method !== DEFLATED) return packed.toString("utf8");
		try {
			return inflateRawSync(packed, { maxOutputLength: MAX_TEXT_BYTES }).toString("utf8");
		} catch {
			throw corrupt(this.#path, `${entry.name} cannot be unpacked`);
		}
	}

	/** Where a file's bytes begin: behind a header of its own, whose length the directory does not tell. */
	async #start({ name, headerOffset }: ZipEntry): Promise<number> {
		const header = await readAt(this.#file, headerOffset, 30);
		if (header.length < 30) throw corrupt(this.#path, `${name} lies out of reach`);
		return headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
	}

	close(): Promise<void> {
		return this.#file.close();
	}
}

async function readDirectory(file: FileHandle, path: string): Promise<ZipEntry[]> {
	const { size } = await file.stat();
	const tail = await readAt(file, Math.max(0, size - END_SEARCH), Math.min(size, END_SEARCH));
	let end = tail.length - 22;
	while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end--;
	if (end < 0) throw corrupt(path, "it is no ZIP archive, or its end is missing");
	const [count, length, offset] = [
		tail.readUInt16LE(end + 10),
		tail.readUInt32LE(end + 12),
		tail.readUInt32LE(end + 16),
	];
	if (offset === 0xffff_ffff || offset + length > size)
		throw corrupt(path, "its directory lies out of reach");
	const directory = await readAt(file, offset, length);
	const entries: ZipEntry[] = [];
	let at = 0;
	for (let i = 0; i < count; i++) {
		if (at + 46 > length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
			throw corrupt(path, "its directory is damaged");
		const [nameLength, extraLength, commentLength] = [28, 30, 32].map((k) =>
			directory.readUInt16LE(at + k),
		) as [number, number, number];
		entries.push({
			name: directory.toString("utf8", at + 46, at + 46 + nameLength),
			method: directory.readUInt16LE(at + 10),
			crc: directory.readUInt32LE(at + 16),
			packedSize: directory.readUInt32LE(at + 20),
			size: directory.readUInt32LE(at + 24),
			headerOffset: directory.readUInt32LE(at + 42),
		});
		at += 46 + nameLength + extraLength + commentLength;
	}
	return entries;
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
	return buffer.subarray(0, bytesRead);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb8_8320 ^ (value >>> 1) : value >>> 1;
	return value >>> 0;
});

function addToCrc(before: number, bytes: Uint8Array): number {
	let crc = before;
	for (let i = 0; i < bytes.length; i++) {
		crc = (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
	}
	return crc >>> 0;
}

function corrupt(path: string, reason: string): AppError {
	return new AppError({
		code: "file-corrupt",
		message: `${path} cannot be read: ${reason}.`,
		hint: "Download it again and compare its size with the server's.",
	});
}
