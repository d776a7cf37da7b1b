import type { Failure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { Columns } from "../../contract/task.ts";
import { ColumnMapper, findKind, SAMPLE_ROWS } from "../../datasets/columns.ts";
import { readExamples, type UnkeyedExample } from "../../datasets/examples.ts";
import { isCorrect, isPair, isScored } from "../../datasets/outcome.ts";
import { problemRule } from "../../datasets/problems.ts";
import type { SourceRow } from "../../datasets/sources.ts";
import type { DatasetKind, Row } from "../../datasets/types.ts";
import { ColumnTally } from "./column-tally.ts";
import { DigestTable, digestOf } from "./digest.ts";
import { GrowingU32 } from "./growing.ts";
import { ExampleWriter, RowWriter } from "./index-files.ts";
import type { Counts } from "./manifest.ts";
import { ProblemGroups } from "./problem-groups.ts";
import { PromptTally } from "./prompt-tally.ts";
import { duplicateMessage, oneOutcomeMessage } from "./words.ts";

/** Bytes of the rows that wait until the kind is told from them. */
const MAX_WAITING_BYTES = 2 ** 26;

/** Takes the rows of a file one by one and writes down all that is asked of them later. */
export class RowIndexer {
	rows = 0;
	/** Null until it is known, and where the columns make no known form. */
	kind: DatasetKind | null;
	/** Whether every value is text, as in CSV. */
	textual = false;
	/** Columns named by a header, which need not hold anything. */
	header: readonly string[] = [];
	#usableRows = 0;
	#firstError: string | null = null;
	#readable = 0;
	#columns: ColumnTally | null = null;
	readonly #path: string;
	readonly #mapper: ColumnMapper;
	readonly #rowWriter: RowWriter;
	readonly #exampleWriter: ExampleWriter;
	readonly #problems = new ProblemGroups();
	readonly #prompts = new PromptTally();
	readonly #digests = new DigestTable();
	/** Row numbers by position, where they are not simply one more. */
	readonly #numbers = new GrowingU32();
	readonly #waiting: SourceRow[] = [];
	#waitingBytes = 0;
	#started = false;
	readonly #counts: Omit<Counts, "prompts" | "responsesPerPrompt" | "oneOutcomePrompts" | "entries"> = {
		examples: 0,
		texts: 0,
		scored: 0,
		pairs: 0,
		labelled: 0,
		correct: 0,
		duplicates: 0,
		withReference: 0,
		withProcessScores: 0,
		withBehaviourLogprobs: 0,
	};

	constructor(dir: string, path: string, columns: Columns, kind: DatasetKind | null) {
		this.#path = path;
		this.#mapper = new ColumnMapper(columns);
		this.kind = kind;
		this.#rowWriter = new RowWriter(dir);
		this.#exampleWriter = new ExampleWriter(dir);
	}

	progress() {
		const { errors, warnings } = this.#problems;
		return { rows: this.rows, usableRows: this.#usableRows, errors, warnings };
	}

	take(source: SourceRow): void {
		this.rows++;
		if (this.#started) {
			this.#read(source);
			return;
		}
		this.#waiting.push(source);
		this.#waitingBytes += source.bytes;
		// Rows that cannot be read tell nothing of the columns, but a file full of them must not be held, nor huge ones.
		const readable = this.#waiting.filter((row) => "value" in row).length;
		const full = this.#waiting.length >= 16 * SAMPLE_ROWS || this.#waitingBytes > MAX_WAITING_BYTES;
		if (readable === SAMPLE_ROWS || (readable > 0 && full)) this.start();
	}

	/** Decides the kind and reads the rows that waited for it. */
	start(): void {
		if (this.#started) return;
		const sample = this.#waiting.flatMap((source) => ("value" in source ? [source.value] : []));
		if (sample.length > 0) {
			this.#mapper.check(this.#path, sample);
			this.kind ??=
				findKind(
					sample.map((row) => this.#mapper.apply(row)),
					this.textual,
				) ?? null;
		}
		this.#started = true;
		for (const source of this.#waiting.splice(0)) this.#read(source);
	}

	#read(source: SourceRow): void {
		const position = this.#rowWriter.count;
		this.#problems.begin(position);
		this.#numbers.push(source.row);
		if ("problem" in source) {
			const { code, message } = source.problem;
			this.#problems.add(source.row, null, code, message);
			this.#firstError ??= `Row ${source.row}: ${message} ${problemRule(code).hint}`;
		} else {
			this.#readable++;
			this.#readValue(source.row, source.value, position);
		}
		const { row, at, bytes } = source;
		this.#rowWriter.add({ row, at, bytes, level: this.#problems.level });
	}

	#readValue(row: number, value: Row, position: number): void {
		this.#columns ??= new ColumnTally(this.textual);
		this.#columns.add(value);
		const earlier = this.#digests.getOrPut(digestOf(value), position);
		if (earlier !== undefined) {
			this.#counts.duplicates++;
			this.#problems.duplicate(earlier, duplicateMessage(this.#numbers.get(earlier)));
		}
		if (this.kind === null) return;
		const examples = readExamples(this.kind, this.#mapper.apply(value), row, this.#problems, this.textual);
		if (examples.length > 0) this.#usableRows++;
		for (const example of examples) this.#count(example, position);
	}

	#count(example: UnkeyedExample, position: number): void {
		const counts = this.#counts;
		const prompt = this.#prompts.numberOf(example.prompt, position);
		const whole = { ...example, promptKey: "" };
		const pair = isPair(whole);
		const correct = isScored(whole) ? isCorrect(whole) : null;
		counts.examples++;
		if (example.response !== undefined || example.reference !== undefined) counts.texts++;
		if (isScored(whole)) counts.scored++;
		if (pair) counts.pairs++;
		if (correct !== null) counts.labelled++;
		if (correct) counts.correct++;
		if (example.reference !== undefined) counts.withReference++;
		if (example.segmentRewards !== undefined) counts.withProcessScores++;
		if (example.behaviourLogprobs !== undefined) counts.withBehaviourLogprobs++;
		if (pair) {
			this.#prompts.count(prompt, null);
			this.#prompts.count(prompt, null);
			this.#exampleWriter.add({ position, prompt, correct: true });
			this.#exampleWriter.add({ position, prompt, correct: false });
			return;
		}
		if (example.response !== undefined) this.#prompts.count(prompt, correct);
		this.#exampleWriter.add({ position, prompt, correct });
	}

	/** Why no row can be used, when that is so for another reason than the names of the columns. */
	unusable(): Failure | null {
		if (this.#readable > 0 || this.#firstError === null) return null;
		const message = `${this.#path}: none of ${this.rows.toLocaleString("en-US")} rows can be read. ${this.#firstError}`;
		const error = { code: "data-invalid" as const, message, hint: "Choose a data file, or repair this one." };
		return { kind: "expected", error: new AppError(error).toBody() };
	}

	/** Closes the files. `numbers` are to be written beside them: the groups point into them. */
	finish() {
		// Rows that still wait here belong to a file that failed: they can be looked at, though nothing is made of them.
		if (!this.#started) {
			this.#started = true;
			this.kind = null;
			for (const source of this.#waiting.splice(0)) this.#read(source);
		}
		let oneOutcomePrompts = 0;
		for (const { position, responses, correct } of this.#prompts.oneOutcome()) {
			oneOutcomePrompts++;
			const message = oneOutcomeMessage(responses, correct);
			this.#problems.note(position, "one-outcome-only", message, 2 * responses + Number(correct));
		}
		const { groups, numbers } = this.#problems.finish();
		const entries = this.#exampleWriter.count;
		try {
			this.#rowWriter.close();
		} finally {
			this.#exampleWriter.close();
		}
		const tallied = this.#columns?.finish() ?? [];
		const named = new Set(tallied.map((column) => column.name));
		const empty = this.header
			.filter((name) => !named.has(name))
			.map((name) => ({ name, type: "empty", readable: 0, example: "", values: [] }));
		return {
			...this.progress(),
			kind: this.kind,
			columns: [...tallied, ...empty],
			groups,
			numbers,
			counts: {
				...this.#counts,
				prompts: this.#prompts.prompts,
				responsesPerPrompt: this.#prompts.medianResponses(),
				oneOutcomePrompts,
				entries,
			},
		};
	}
}
