import { closeSync, openSync, statSync } from "node:fs";
import { toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { Columns } from "../../contract/task.ts";
import { checkFile, dataEmpty, isGzip } from "../../datasets/bytes.ts";
import { MAX_ROW_BYTES } from "../../datasets/dataset.ts";
import { detectFormat, readRows } from "../../datasets/format.ts";
import { parquetRowCount } from "../../datasets/parquet.ts";
import type { CsvLayout } from "../../datasets/sources.ts";
import type { DatasetKind } from "../../datasets/types.ts";
import { guardFile, makeFolder, writeFully } from "../../store/files.ts";
import { indexFile, MAX_ROWS, readRange } from "./index-files.ts";
import { INDEX_SCHEMA_VERSION, type Manifest, writeManifest } from "./manifest.ts";
import { RowIndexer } from "./row-indexer.ts";
import { unpack } from "./unpack.ts";
import { count } from "./words.ts";

export interface IndexInput {
	/** An empty folder of ours that the index is written to. */
	readonly dir: string;
	readonly path: string;
	readonly columns: Columns;
	/** Null lets the columns decide. */
	readonly kind: DatasetKind | null;
}

export interface IndexProgress {
	/** Share of the file read. */
	readonly share: number;
	readonly rows: number;
	readonly usableRows: number;
	readonly errors: number;
	readonly warnings: number;
}

const PROGRESS_INTERVAL_MS = 250;
/** Unpacking is about a third of reading a packed file. */
const UNPACK_SHARE = 0.3;

/**
 * Reads a data file once and writes where its rows lie, what examples they make and every problem they have; then the
 * manifest, which is given back. A file that cannot be read to its end has an index too, which says why.
 */
export async function buildIndex(
	input: IndexInput,
	onProgress: (progress: IndexProgress) => void,
): Promise<Manifest> {
	makeFolder(input.dir);
	const indexer = new RowIndexer(input.dir, input.path, input.columns, input.kind);
	const tell = throttle((share: number) => onProgress({ share, ...indexer.progress() }));
	const file: FileFacts = {
		format: null,
		gzip: false,
		textPath: input.path,
		markBytes: 0,
		csv: null,
	};
	let failure: Manifest["failure"] = null;
	const source = { path: input.path, bytes: 0, modifiedMs: 0 };
	try {
		await checkFile(input.path);
		const { size, mtimeMs } = statSync(input.path);
		Object.assign(source, { bytes: size, modifiedMs: mtimeMs });
		await readFile(input, file, size, indexer, tell);
	} catch (error) {
		// A bug must not pass for a bad file.
		if (!(error instanceof AppError)) throw error;
		failure = toFailure(named(error, file.textPath, input.path, indexer.rows));
	}
	const { numbers, ...result } = indexer.finish();
	failure ??= indexer.unusable();
	writeNumbers(indexFile.problems(input.dir), numbers);
	const manifest: Manifest = {
		schemaVersion: INDEX_SCHEMA_VERSION,
		source,
		wanted: { columns: input.columns, kind: input.kind },
		...file,
		...result,
		state: failure !== null ? "failed" : indexer.kind === null ? "needs-mapping" : "ready",
		failure,
	};
	writeManifest(input.dir, manifest);
	return manifest;
}

type FileFacts = Pick<Manifest, "format" | "gzip" | "textPath" | "markBytes" | "csv">;

async function readFile(
	input: IndexInput,
	file: FileFacts,
	bytes: number,
	indexer: RowIndexer,
	tell: (share: number) => void,
): Promise<void> {
	file.gzip = await isGzip(input.path);
	const base = file.gzip ? UNPACK_SHARE : 0;
	if (file.gzip) file.textPath = await unpack(input.path, input.dir, (done) => tell((base * done) / bytes));
	file.format = await detectFormat(file.textPath);
	const total = statSync(file.textPath).size;
	if (file.format !== "parquet") {
		refuseBinary(file.textPath);
		file.markBytes = readRange(file.textPath, 0, 3).toString("hex") === "efbbbf" ? 3 : 0;
	}
	indexer.textual = file.format === "csv" || file.format === "tsv";
	const layout = (csv: CsvLayout): void => {
		file.csv = csv;
		indexer.header = csv.header;
	};
	const rowCount = file.format === "parquet" ? await parquetRowCount(file.textPath) : 0;
	for await (const source of readRows(file.textPath, file.format, MAX_ROW_BYTES, layout)) {
		indexer.take(source);
		if (indexer.rows > MAX_ROWS) throw tooManyRows(input.path);
		if (indexer.rows % 256 === 0) {
			const share = rowCount > 0 ? indexer.rows / rowCount : (source.at + source.bytes) / total;
			tell(base + (1 - base) * Math.min(1, share));
		}
	}
	indexer.start();
	if (indexer.rows === 0) throw dataEmpty(input.path);
}

/** Text has no zero bytes; a file of another kind under a text file's name has them early on. */
function refuseBinary(path: string): void {
	const at = readRange(path, 0, 1 << 16).indexOf(0);
	if (at === -1) return;
	throw new AppError({
		code: "data-invalid",
		message: `${path} is not text: byte ${at + 1} is 0x00.`,
		hint: "Choose a data file: JSON Lines, JSON, CSV, TSV or Parquet, gzipped or not. UTF-16 text must be saved as UTF-8.",
		details: { byte: at + 1 },
	});
}

function tooManyRows(path: string): AppError {
	return new AppError({
		code: "out-of-memory",
		message: `${path} has more than ${MAX_ROWS.toLocaleString("en-US")} rows.`,
		hint: "Split the file and add its parts.",
	});
}

/** The error as the user's own file has it, with how far it was read. */
function named(error: AppError, copy: string, path: string, rows: number): AppError {
	const body = error.toBody();
	const read = rows === 0 ? "" : ` ${count(rows, "row")} before it could be read.`;
	return new AppError({ ...body, message: body.message.replaceAll(copy, path) + read });
}

function writeNumbers(path: string, lists: readonly Uint32Array[]): void {
	guardFile(path, () => {
		const fd = openSync(path, "w");
		try {
			for (const list of lists) writeFully(fd, new Uint8Array(list.buffer, list.byteOffset, list.byteLength));
		} finally {
			closeSync(fd);
		}
	});
}

/** Lets a call through now and then. */
function throttle(call: (share: number) => void): (share: number) => void {
	let last = Date.now();
	return (share) => {
		const now = Date.now();
		if (now - last < PROGRESS_INTERVAL_MS) return;
		last = now;
		call(share);
	};
}
