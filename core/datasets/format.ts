import { AppError } from "../contract/errors.ts";
import { readBytes, readText } from "./bytes.ts";
import { readParquet } from "./parquet.ts";
import { type CsvLayout, readCsv, readJsonArray, readJsonLines, type SourceRow } from "./sources.ts";

export type Format = "jsonl" | "json" | "csv" | "tsv" | "parquet";

async function firstBytes(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	for await (const chunk of chunks) if (chunk.length > 0) return chunk;
	return Buffer.alloc(0);
}

/**
 * Tells a file's format by its content where that decides, otherwise by its name (`.gz` left out).
 * @throws AppError `data-invalid` for a name and content that tell nothing, and as `readText`.
 */
export async function detectFormat(path: string): Promise<Format> {
	if ((await firstBytes(readBytes(path))).subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
	const extension = /\.([a-z]+)$/.exec(path.toLowerCase().replace(/\.gz$/, ""))?.[1];
	if (extension === "csv" || extension === "parquet") return extension;
	if (extension === "tsv" || extension === "tab") return "tsv";
	const start = /[^\s]/.exec((await firstBytes(readText(path))).toString("latin1"))?.[0];
	if (start === "[") return "json";
	if (start === "{" || extension === "json" || extension === "jsonl" || extension === "ndjson")
		return "jsonl";
	throw new AppError({
		code: "data-invalid",
		message: `${path} is in no format known here.`,
		hint: "Give the file its usual ending: .jsonl, .json, .csv, .tsv or .parquet, with .gz after it when gzipped.",
	});
}

/** Rows of a file of a known format; no row takes more than `limit` bytes. `onLayout` hears of the header of CSV. */
export async function* readRows(
	path: string,
	format: Format,
	limit: number,
	onLayout?: (layout: CsvLayout) => void,
): AsyncGenerator<SourceRow> {
	switch (format) {
		case "jsonl":
			return yield* readJsonLines(path, limit);
		case "json":
			return yield* readJsonArray(path, limit);
		case "csv":
			return yield* readCsv(path, limit, undefined, onLayout);
		case "tsv":
			return yield* readCsv(path, limit, "\t", onLayout);
		case "parquet":
			return yield* readParquet(path);
	}
}
