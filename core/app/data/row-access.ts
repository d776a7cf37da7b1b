import { MAX_ROW_BYTES } from "../../datasets/dataset.ts";
import { readParquet } from "../../datasets/parquet.ts";
import type { ProblemCode } from "../../datasets/problems.ts";
import { readRecord } from "../../datasets/sources.ts";
import type { Row } from "../../datasets/types.ts";
import { type Level, readRange, readRowEntries } from "./index-files.ts";
import type { Manifest } from "./manifest.ts";

/** A row read again from its file. */
export type ReadRow = { position: number; row: number; level: Level | null } & (
	| { value: Row }
	| { problem: { code: ProblemCode; message: string }; text: string }
);

/** Rows of Parquet lying this near to each other are read in one go. */
const PARQUET_SPAN = 2000;
const BROKEN_TEXT_BYTES = 4096;

/** The rows at ascending positions, repeated ones once. */
export async function readRowsAt(
	dir: string,
	manifest: Manifest,
	positions: readonly number[],
): Promise<ReadRow[]> {
	const wanted = [...new Set(positions)];
	if (manifest.format === "parquet") return readParquetAt(dir, manifest.textPath, wanted);
	return wanted.flatMap((position) => readTextRow(dir, manifest, position) ?? []);
}

function readTextRow(dir: string, manifest: Manifest, position: number): ReadRow | undefined {
	const [entry] = readRowEntries(dir, position, 1);
	if (entry === undefined) return undefined;
	const { row, level, bytes: length } = entry;
	const tooLong = length > MAX_ROW_BYTES;
	const at = manifest.markBytes + entry.at;
	const bytes = readRange(manifest.textPath, at, tooLong ? BROKEN_TEXT_BYTES : length);
	const record = tooLong ? { at, tooLong: length } : { at, bytes };
	const content = readRecord(record, MAX_ROW_BYTES, manifest.csv);
	const place = { position, row, level };
	if ("value" in content) return { ...place, value: content.value };
	return { ...place, problem: content.problem, text: bytes.toString("utf8", 0, BROKEN_TEXT_BYTES) };
}

async function readParquetAt(dir: string, path: string, positions: readonly number[]): Promise<ReadRow[]> {
	const rows: ReadRow[] = [];
	for (let i = 0; i < positions.length; ) {
		const from = positions[i] as number;
		const last = positions.findLastIndex((position) => position < from + PARQUET_SPAN);
		const to = (positions[last] as number) + 1;
		const wanted = new Set(positions.slice(i, last + 1));
		const levels = readRowEntries(dir, from, to - from);
		for await (const source of readParquet(path, { from, to })) {
			const position = source.row - 1;
			if (!wanted.has(position) || !("value" in source)) continue;
			const level = levels[position - from]?.level ?? null;
			rows.push({ position, row: source.row, level, value: source.value });
		}
		i = last + 1;
	}
	return rows;
}
