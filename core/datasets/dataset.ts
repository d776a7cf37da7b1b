import { createHash } from "node:crypto";
import { AppError } from "../contract/errors.ts";
import type { Columns } from "../contract/task.ts";
import { checkFile, dataEmpty, hashFile } from "./bytes.ts";
import { ColumnMapper, findKind, presentColumns, SAMPLE_ROWS } from "./columns.ts";
import { promptKeyOf, readExamples } from "./examples.ts";
import { detectFormat, readRows } from "./format.ts";
import { canonicalJson } from "./json.ts";
import { dataInvalid, ProblemCollector, withProblems } from "./problems.ts";
import type { SourceRow } from "./sources.ts";
import type { Dataset, DatasetKind, Example, Row } from "./types.ts";

/** The most bytes that one row may take. */
export const MAX_ROW_BYTES = 64 * 2 ** 20;

export interface LoadOptions {
	/** Taken from the columns when left out. */
	kind?: DatasetKind;
	/** The file's column names to ours, such as `{ instruct: "prompt" }`, and what labels in words of their own mean. */
	columns?: Readonly<Columns>;
	/** How many problems are listed in full (default 100); all are counted. */
	maxProblems?: number;
	/** The most bytes that one row may take (default 64 MiB). */
	maxRowBytes?: number;
	/** The most bytes that all rows may take, as they are held in memory (default 1 GiB). */
	maxBytes?: number;
}

function detectKind(path: string, sample: readonly Row[], textual: boolean): DatasetKind {
	const kind = findKind(sample, textual);
	if (kind !== undefined) return kind;
	throw new AppError({
		code: "data-invalid",
		message: `${path} has the columns ${presentColumns(sample, textual).join(", ")}, which make none of the known forms.`,
		hint: 'Say what its columns stand for (--columns instruct=prompt,output=completion), or name them as we do: for example "prompt" with "completion" and "reward", or "question" and "answer".',
	});
}

/** Turns rows into examples once enough of them are seen to tell the kind. */
class Loader {
	readonly examples: Example[] = [];
	readonly problems: ProblemCollector;
	kind: DatasetKind | undefined;
	readonly #path: string;
	readonly #mapper: ColumnMapper;
	readonly #textual: boolean;
	readonly #waiting: { row: number; value: Row }[] = [];
	readonly #seen = new Map<string, number>();
	#started = false;
	/** Why the columns make no known form; rows are then read for what else is wrong with the file. */
	unfit: AppError | undefined;

	constructor(path: string, textual: boolean, options: LoadOptions) {
		this.#path = path;
		this.#textual = textual;
		this.#mapper = new ColumnMapper(options.columns ?? {});
		this.kind = options.kind;
		this.problems = new ProblemCollector(options.maxProblems ?? 100);
	}

	take(source: SourceRow): void {
		this.problems.report.rows++;
		if ("problem" in source) {
			this.problems.add(source.row, null, source.problem.code, source.problem.message);
		} else if (this.#started) {
			this.#read(source.row, source.value);
		} else {
			this.#waiting.push({ row: source.row, value: source.value });
			if (this.#waiting.length === SAMPLE_ROWS) this.start();
		}
	}

	/** Decides the kind and reads the rows that waited for it. */
	start(): void {
		if (this.#started || this.#waiting.length === 0) return;
		this.#started = true;
		try {
			this.#decide(this.#waiting.map(({ value }) => value));
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			this.unfit = error;
			this.kind = undefined;
		}
		for (const { row, value } of this.#waiting.splice(0)) this.#read(row, value);
	}

	#decide(sample: readonly Row[]): void {
		this.#mapper.check(this.#path, sample);
		this.kind ??= detectKind(
			this.#path,
			sample.map((row) => this.#mapper.apply(row)),
			this.#textual,
		);
	}

	#read(row: number, raw: Row): void {
		if (this.kind === undefined) return;
		const digest = createHash("sha1").update(canonicalJson(raw)).digest("base64");
		const earlier = this.#seen.get(digest);
		if (earlier === undefined) this.#seen.set(digest, row);
		else this.problems.add(row, null, "duplicate-row", `The row is the same as row ${earlier}.`);
		for (const example of readExamples(this.kind, this.#mapper.apply(raw), row, this.problems, this.#textual))
			this.examples.push({ ...example, promptKey: promptKeyOf(example.prompt) });
	}
}

/**
 * Reads a data set of any known form and file format, collecting every problem of its rows; the file is not changed.
 * Rows with errors are left out of `examples`: call `requireClean` before training.
 * @throws AppError `file-missing`, `file-unreadable`, `file-corrupt`, `data-empty`, `out-of-memory`, or `data-invalid`
 * when the columns make no known form or no row can be read at all.
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
	await checkFile(path);
	const contentHash = await hashFile(path);
	const format = await detectFormat(path);
	const loader = new Loader(path, format === "csv" || format === "tsv", options);
	const maxBytes = options.maxBytes ?? 2 ** 30;
	let held = 0;
	for await (const source of readRows(path, format, options.maxRowBytes ?? MAX_ROW_BYTES)) {
		if ("value" in source) held += source.bytes;
		if (held > maxBytes) {
			const message = `${path} holds more than ${Math.round(maxBytes / 2 ** 20)} MiB of rows.`;
			throw new AppError({ code: "out-of-memory", message, hint: "Split the file and use a part of it." });
		}
		loader.take(source);
	}
	loader.start();
	const problems = loader.problems.finish();
	if (problems.rows === 0) throw dataEmpty(path);
	if (loader.unfit !== undefined) throw withProblems(loader.unfit, path, problems);
	if (loader.kind === undefined) throw dataInvalid(path, problems);
	return { kind: loader.kind, path, contentHash, examples: loader.examples, problems };
}
