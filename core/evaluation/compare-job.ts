import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Compared, ComparedRow, CompareResult, CompareSpec } from "../contract/comparison.ts";
import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import { Pace } from "../sampling/progress.ts";
import { RowsFile } from "../sampling/rows-file.ts";
import { compare, pairRecords, type RecordPair } from "./compare.ts";
import { evaluateJob } from "./job.ts";
import { type EvaluationRecord, readRecords } from "./records.ts";

/**
 * Evaluates two models or checkpoints on the same problems and compares them problem by problem: the body of a `compare` job.
 * Records of earlier evaluations are taken as they are. A stop writes nothing.
 */
export async function compareJob(spec: CompareSpec, context: JobContext): Promise<CompareResult> {
	const pace = new Pace();
	const file = spec.outPath === null ? null : new RowsFile(spec.outPath);
	const folder = mkdtempSync(join(tmpdir(), "dqo-compare-"));
	try {
		const evaluated = [spec.a, spec.b].filter(({ type }) => type === "model").length;
		let done = 0;
		const recordsOf = async (side: Compared): Promise<EvaluationRecord[]> => {
			if (side.type === "records") return readRecords(side.path);
			const outPath = join(folder, `${done}.jsonl`);
			await evaluate(spec, side, outPath, inPart(context, pace, done++, evaluated));
			return readRecords(outPath);
		};
		const [a, b] = [await recordsOf(spec.a), await recordsOf(spec.b)];
		const comparison = compare(a, b, spec.seed);
		for (const pair of file ? pairRecords(a, b) : []) file?.append(rowOf(pair));
		file?.finish();
		return { reason: "completed", comparison, outPath: spec.outPath, wallSeconds: pace.seconds };
	} catch (error) {
		file?.keepPartial(0);
		throw error;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function evaluate(
	{ problems, threads }: CompareSpec,
	{ dir, checkpoint }: Extract<Compared, { type: "model" }>,
	outPath: string,
	context: JobContext,
): Promise<void> {
	if (problems === null) {
		throw new AppError({
			code: "usage",
			message: `${dir} must be evaluated, and there are no problems to evaluate it on.`,
			hint: "Give a data file and a task, or the records of two evaluations.",
		});
	}
	const { reason } = await evaluateJob(
		{ kind: "evaluate", modelDir: dir, checkpoint, ...problems, outPath, threads, eventsPath: null },
		context,
	);
	if (reason === "completed") return;
	throw new AppError({
		code: "cancelled",
		message: "Stopped before both sides were evaluated.",
		hint: "Run it again; nothing was left half written.",
	});
}

/** A context in which progress is that of one part of several alike. */
function inPart(context: JobContext, pace: Pace, part: number, parts: number): JobContext {
	return {
		...context,
		paused: () => pace.outside(context.paused),
		emit: (event) => {
			if (event.type !== "progress") return context.emit(event);
			const [done, total] = [part * event.total + event.done, parts * event.total];
			context.emit({ ...event, done, total, secondsLeft: pace.secondsLeft(done, total - done) });
		},
	};
}

function rowOf({ a, b }: RecordPair): ComparedRow {
	const answer = ({ completion, label, extracted }: EvaluationRecord) => ({ completion, label, extracted });
	return {
		row: a.row,
		prompt: a.prompt,
		reference: a.reference ?? b.reference ?? null,
		a: answer(a),
		b: answer(b),
	};
}
