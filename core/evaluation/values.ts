import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { ValueCase, ValueSummary, ValuesResult, ValuesSpec } from "../contract/jobs.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { requireClean } from "../datasets/problems.ts";
import type { Example } from "../datasets/types.ts";
import { ProgressReporter } from "../sampling/progress.ts";
import { promptText } from "../sampling/prompts.ts";
import { RowsFile } from "../sampling/rows-file.ts";
import { digits } from "../sampling/token-scores.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { fitToContext } from "../training/fit-to-context.ts";
import { auc, aucWithin } from "../training/held-out.ts";
import { checkTokens } from "../training/prepare.ts";
import type { ReferenceLogProbs } from "../training/reference.ts";
import type { TokenScores } from "../training/score.ts";
import { StopRequested } from "../training/stop.ts";
import { encodeTrajectories, type Trajectory } from "../training/trajectories.ts";
import { type Correlation, correlation } from "./correlation.ts";
import { type Segment, segmentsOf, valueAfter } from "./segments.ts";
import { ValueScorer } from "./value-scorer.ts";

/** Wrong responses, each to another prompt, shown segment by segment unless rows are named. */
const SHOWN_CASES = 3;

/** A response of the data, ready to be scored. */
interface ScoredRow {
	readonly example: Example;
	readonly trajectory: Trajectory;
	readonly segments: readonly Segment[];
}

type Scores = ReadonlyMap<Trajectory, TokenScores>;

/**
 * Measures the value function of a run's checkpoints on given responses: the body of a `values` job. V at segment ends is V
 * of the state after the segment (the paper's table 2 and figure 2). A stop gives the checkpoints done so far.
 */
export async function valuesJob(spec: ValuesSpec, context: JobContext): Promise<ValuesResult> {
	const started = performance.now();
	context.emit({ type: "phase", phase: "load" });
	return ValueScorer.with(spec.runDir, spec.threads, async (scorer) => {
		const checkpoints = scorer.select(spec.checkpoint);
		const tokenizer = await loadTokenizer(scorer.config.modelDir);
		const { rows, skipped } = await loadRows(spec, scorer, tokenizer);
		const trajectories = rows.map(({ trajectory }) => trajectory);
		const total = rows.length * checkpoints.length;
		const best = scorer.checkpoints.best()?.step;
		const file = spec.outPath === null ? null : new RowsFile(spec.outPath);
		const summaries: ValueSummary[] = [];
		let cases: ValueCase[] = [];
		try {
			const progress = new ProgressReporter(context, "evaluate");
			const between = async (done: number) => {
				await progress.report(done, total);
				if (context.stopRequested()) throw new StopRequested();
			};
			const reference = file === null ? null : await scorer.reference(trajectories, () => between(0));
			for (const { step } of checkpoints) {
				await scorer.load(step);
				const scores = await scorer.score(trajectories, (done) =>
					between(summaries.length * rows.length + done),
				);
				summaries.push({ step, best: step === best, ...summarise(rows, scores) });
				cases = casesOf(rows, scores, step, spec.caseRows);
				if (reference)
					for (const row of rows) file?.append(toRecord(row, step, scores, reference, tokenizer));
			}
			await progress.report(total, total);
			file?.finish();
		} catch (error) {
			file?.keepPartial(summaries.length);
			if (!(error instanceof StopRequested)) throw error;
		}
		const completed = summaries.length === checkpoints.length;
		return {
			reason: completed ? "completed" : "stopped",
			rows: rows.length,
			correct: rows.filter(({ trajectory }) => trajectory.correct === true).length,
			wrong: rows.filter(({ trajectory }) => trajectory.correct === false).length,
			skippedRows: skipped,
			checkpoints: summaries,
			cases,
			outPath: file && (completed ? file.path : summaries.length > 0 ? file.partialPath : null),
			wallSeconds: (performance.now() - started) / 1000,
		};
	});
}

/** The responses of the data under the template and the limits that the run was trained with. */
async function loadRows(spec: ValuesSpec, { config, model }: ValueScorer, tokenizer: Tokenizer) {
	const dataset = await loadDataset(spec.dataPath);
	requireClean(dataset, spec.invalidRows);
	const answered = dataset.examples.filter(({ response }) => response !== undefined);
	const examples = answered.slice(0, spec.limit ?? answered.length);
	const limits = fitToContext(config, model.config.maxPosition);
	const { trajectories, longPrompts } = encodeTrajectories(examples, tokenizer, {
		...limits,
		template: config.template,
		processRewardScale: 0,
	});
	if (trajectories.length === 0) {
		throw new AppError({
			code: "data-empty",
			message: `${spec.dataPath} has no response to read values at${longPrompts.length > 0 ? ": every prompt is too long" : ""}.`,
			hint: "Sample responses with `dqo generate --task ...`, or score their steps with `dqo process-scores`.",
		});
	}
	checkTokens(trajectories, model.config.vocabSize, config.modelDir);
	const byRow = new Map(examples.map((example) => [example.row, example]));
	const rows = trajectories.map((trajectory): ScoredRow => {
		const example = byRow.get(trajectory.row) as Example;
		return { example, trajectory, segments: segmentsOf(example, trajectory.response, tokenizer) };
	});
	return { rows, skipped: longPrompts.length };
}

/** The value function in numbers. */
function summarise(rows: readonly ScoredRow[], scores: Scores): Omit<ValueSummary, "step" | "best"> {
	const at = (share: number) =>
		rows.map(({ example, trajectory }) => {
			const { values } = valuesOf(scores, trajectory);
			return {
				correct: trajectory.correct,
				group: example.promptKey,
				value: values[Math.max(0, Math.ceil(share * values.length) - 1)] as number,
			};
		});
	const last = at(1);
	const meanOf = (correct: boolean) => {
		const found = last.filter((score) => score.correct === correct);
		return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0) / found.length;
	};
	const wrong = rows.filter(({ trajectory }) => trajectory.correct === false);
	return {
		auc: auc(last),
		aucWithinPrompt: aucWithin(last),
		aucByPosition: Array.from({ length: 10 }, (_, i) => auc(at((i + 1) / 10))),
		meanCorrect: meanOf(true),
		meanWrong: meanOf(false),
		correlation: withScores(rows, scores),
		correlationWrong: withScores(wrong, scores),
	};
}

/** V at segment ends against process scores (figure 2); null when no row has any. */
function withScores(rows: readonly ScoredRow[], scores: Scores): Correlation | null {
	const pairs = rows.flatMap(({ trajectory, segments }) => {
		const { values } = valuesOf(scores, trajectory);
		return segments.flatMap(({ end, score }) =>
			score === null ? [] : [{ value: valueAfter(values, end), score }],
		);
	});
	if (pairs.length === 0) return null;
	return correlation(
		pairs.map(({ value }) => value),
		pairs.map(({ score }) => score),
	);
}

function casesOf(
	rows: readonly ScoredRow[],
	scores: Scores,
	step: number,
	chosen: readonly number[] | null,
): ValueCase[] {
	const wrong = rows.filter(({ trajectory }) => trajectory.correct === false);
	const shown =
		chosen === null
			? [...new Map(wrong.map((row) => [row.example.promptKey, row])).values()].slice(0, SHOWN_CASES)
			: rows.filter(({ example }) => chosen.includes(example.row));
	return shown.map(({ example, trajectory, segments }) => {
		const { values } = valuesOf(scores, trajectory);
		return {
			step,
			row: example.row,
			prompt: promptText(example.prompt),
			segments: segments.map(({ text, end, score }) => ({ text, value: valueAfter(values, end), score })),
			verdict: verdictOf(trajectory),
		};
	});
}

/** One line of the output: everything known of a response's tokens. */
function toRecord(
	{ example, trajectory, segments }: ScoredRow,
	step: number,
	scores: Scores,
	reference: ReferenceLogProbs,
	tokenizer: Tokenizer,
): Record<string, unknown> {
	const { values, logProbs } = valuesOf(scores, trajectory);
	const { row, prompt, response } = example;
	const { response: ids } = trajectory;
	return {
		...{ step, row, prompt, response, verdict: verdictOf(trajectory) },
		segments: segments.map((segment) => ({ ...segment, value: valueAfter(values, segment.end) })),
		tokens: ids.map((id) => tokenizer.idToToken(id)),
		token_ids: ids,
		values: digits(values),
		logprobs: digits(logProbs),
		reference_logprobs: digits(reference(trajectory)),
	};
}

const verdictOf = ({ correct }: Trajectory) => (correct === null ? null : correct ? "correct" : "wrong");

function valuesOf(scores: Scores, trajectory: Trajectory): TokenScores {
	const found = scores.get(trajectory);
	if (!found) throw new Error(`row ${trajectory.row} was not scored`);
	return found;
}
