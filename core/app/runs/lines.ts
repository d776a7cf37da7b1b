import { open } from "node:fs/promises";
import { asFileError } from "../../store/files.ts";

/** Small enough that parsing one never holds up a window. */
const CHUNK_BYTES = 1 << 18;

export interface Line {
	readonly text: string;
	readonly offset: number;
	/** Its newline included. */
	readonly bytes: number;
}

/** Gives whole lines from `offset` on, a chunk of the file at a time, until `take` returns false; a torn last line is left out. */
export async function readLines(
	path: string,
	offset: number,
	take: (lines: Line[]) => boolean,
): Promise<void> {
	const file = await open(path, "r").catch((error: unknown) => {
		throw asFileError(error, path);
	});
	try {
		let rest = Buffer.alloc(0);
		for (let position = offset; ; ) {
			const chunk = Buffer.alloc(CHUNK_BYTES);
			const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
			if (bytesRead === 0) return;
			position += bytesRead;
			const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
			const { lines, used } = splitLines(bytes, position - bytes.length);
			rest = bytes.subarray(used);
			if (lines.length > 0 && !take(lines)) return;
		}
	} finally {
		await file.close();
	}
}

function splitLines(bytes: Buffer, offset: number): { lines: Line[]; used: number } {
	const lines: Line[] = [];
	let start = 0;
	for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
		lines.push({
			text: bytes.toString("utf8", start, end),
			offset: offset + start,
			bytes: end + 1 - start,
		});
		start = end + 1;
	}
	return { lines, used: start };
}
