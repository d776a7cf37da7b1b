import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { AppError } from "../contract/errors.ts";
import { isGzip, readBytes } from "./bytes.ts";
import type { SourceRow } from "./sources.ts";
import type { Row } from "./types.ts";

/** Parquet is read at random places, so a gzipped one is unpacked in memory, up to this many bytes. */
const MAX_UNPACKED = 2 ** 30;

async function openParquet(path: string): Promise<AsyncBuffer> {
	if (!(await isGzip(path))) return asyncBufferFromFile(path);
	const parts: Buffer[] = [];
	let byteLength = 0;
	for await (const part of readBytes(path)) {
		byteLength += part.length;
		if (byteLength > MAX_UNPACKED) {
			const message = `${path} unpacks to more than ${MAX_UNPACKED / 2 ** 20} MiB.`;
			throw new AppError({
				code: "out-of-memory",
				message,
				hint: "Unpack it with gunzip and use the Parquet file.",
			});
		}
		parts.push(part);
	}
	const { buffer } = new Uint8Array(Buffer.concat(parts, byteLength));
	return { byteLength, slice: (start, end) => buffer.slice(start, end) };
}

/** Parquet's own types as JSON would have them. */
function plain(value: unknown): unknown {
	if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
	if (value instanceof Date) return value.toISOString();
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}

function textLength(value: unknown): number {
	if (typeof value === "string") return value.length;
	if (typeof value !== "object" || value === null) return 8;
	return Object.values(value).reduce<number>((sum, item) => sum + textLength(item), 0);
}

async function openMetadata(path: string) {
	const file = await openParquet(path);
	const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
		throw corrupt(path, cause);
	});
	return { file, metadata };
}

function corrupt(path: string, cause: Error): AppError {
	const message = `${path} is damaged or truncated Parquet: ${cause.message}.`;
	return new AppError(
		{ code: "file-corrupt", message, hint: "Download or write the file again." },
		{ cause },
	);
}

/** Number of rows of a Parquet file. Throws `file-corrupt`. */
export async function parquetRowCount(path: string): Promise<number> {
	return Number((await openMetadata(path)).metadata.num_rows);
}

/**
 * Rows of a Parquet file, numbered from 1, one row group in memory at a time. With `only`, those from one position to
 * before another, counted from 0.
 * @throws AppError `file-corrupt` when the file is damaged, truncated or uses an unknown codec.
 */
export async function* readParquet(
	path: string,
	only: { from: number; to: number } = { from: 0, to: Number.POSITIVE_INFINITY },
): AsyncGenerator<SourceRow> {
	const { file, metadata } = await openMetadata(path);
	let groupStart = 0;
	for (const group of metadata.row_groups) {
		const groupEnd = groupStart + Number(group.num_rows);
		const rowStart = Math.max(groupStart, only.from);
		const rowEnd = Math.min(groupEnd, only.to);
		groupStart = groupEnd;
		if (rowStart >= rowEnd) continue;
		const range = { rowStart, rowEnd };
		const rows = await parquetReadObjects({ file, metadata, compressors, ...range }).catch((cause: Error) => {
			throw corrupt(path, cause);
		});
		for (const [i, raw] of rows.entries()) {
			const value = plain(raw) as Row;
			yield { row: rowStart + i + 1, at: 0, bytes: textLength(value), value };
		}
	}
}
