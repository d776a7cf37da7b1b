import { isUtf8 } from "node:buffer";

/** Finds where the record that goes on at `from` ends: the index of its separator, or -1 when it goes on. */
export type FindEnd = (chunk: Buffer, from: number) => number;

/**
 * The bytes of one record, or how many there were when they passed the limit and were let go. `at` is where it begins,
 * counted from the first byte of the chunks.
 */
export type RawRecord = { at: number } & ({ bytes: Buffer } | { tooLong: number });

/** Cuts chunks into records, holding at most `limit` bytes of one record in memory. */
export async function* splitRecords(
	chunks: AsyncIterable<Buffer>,
	findEnd: FindEnd,
	limit: number,
): AsyncGenerator<RawRecord> {
	let parts: Buffer[] = [];
	let length = 0;
	let at = 0;
	const push = (part: Buffer): void => {
		length += part.length;
		if (length > limit) parts = [];
		else parts.push(part);
	};
	const take = (): RawRecord => {
		const record = length > limit ? { at, tooLong: length } : { at, bytes: Buffer.concat(parts, length) };
		parts = [];
		at += length + 1;
		length = 0;
		return record;
	};
	for await (const chunk of chunks) {
		let start = 0;
		for (let end = findEnd(chunk, 0); end !== -1; end = findEnd(chunk, start)) {
			push(chunk.subarray(start, end));
			yield take();
			start = end + 1;
		}
		push(chunk.subarray(start));
	}
	if (length > 0) yield take();
}

/** Records that are lines. */
export const lineEnd: FindEnd = (chunk, from) => chunk.indexOf(0x0a, from);

/** Records that are CSV rows: a line break inside quotes does not end one. */
export function csvRowEnd(delimiter: () => string): FindEnd {
	let quoted = false;
	let fieldStart = true;
	return (chunk, from) => {
		const separator = delimiter().charCodeAt(0);
		for (let i = from; i < chunk.length; i++) {
			const byte = chunk[i];
			if (quoted) {
				// A doubled quote closes and opens again, which comes to the same.
				if (byte === 0x22) quoted = false;
				fieldStart = byte === 0x22;
			} else if (byte === 0x22 && fieldStart) {
				quoted = true;
			} else {
				fieldStart = byte === separator || byte === 0x0a;
				if (byte === 0x0a) return i;
			}
		}
		return -1;
	};
}

/** Where a JSON array's scanner stands. */
export interface ArrayState {
	opened: boolean;
	closed: boolean;
	/** Something other than white space comes after the array. */
	trailing: boolean;
}

/** Records that are the elements of one top-level JSON array; each is still to be parsed. */
export function arrayElementEnd(state: ArrayState): FindEnd {
	let depth = 0;
	let inString = false;
	let escaped = false;
	return (chunk, from) => {
		for (let i = from; i < chunk.length; i++) {
			const byte = chunk[i];
			if (state.closed) {
				if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) state.trailing = true;
			} else if (inString) {
				if (escaped) escaped = false;
				else if (byte === 0x5c) escaped = true;
				else if (byte === 0x22) inString = false;
			} else if (byte === 0x22) {
				inString = true;
			} else if (byte === 0x5b || byte === 0x7b) {
				if (state.opened) depth++;
				state.opened = true;
				// The opening bracket ends a record of nothing, which the reader drops.
				if (depth === 0) return i;
			} else if (byte === 0x5d || byte === 0x7d) {
				if (depth === 0) {
					state.closed = true;
					return i;
				}
				depth--;
			} else if (byte === 0x2c && depth === 0) {
				return i;
			}
		}
		return -1;
	};
}

/** The text of a record, or the 0-based offset of the first byte that is not UTF-8. */
export function decodeUtf8(bytes: Buffer): { text: string } | { badByte: number } {
	const text = bytes.toString("utf8");
	if (isUtf8(bytes)) return { text };
	// Whatever is invalid came out as U+FFFD, so writing the text again first differs there.
	const again = Buffer.from(text, "utf8");
	let at = 0;
	while (bytes[at] === again[at]) at++;
	// A character cut short may share its first bytes with U+FFFD: go back to where it began.
	for (let back = 1; back <= 3 && back <= at; back++) {
		const lead = bytes[at - back] ?? 0;
		if (lead < 0x80) break;
		if (lead < 0xc0) continue;
		const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
		if (needed > back) at -= back;
		break;
	}
	return { badByte: at };
}
