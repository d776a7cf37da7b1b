import type { ModelRef } from "../../contract/api-common.ts";
import type { TaskEstimate, TaskKind, TaskSpec, TaskState } from "../../contract/api-tasks.ts";
import { AppError } from "../../contract/errors.ts";
import { type JobResult, jobResultSchemas } from "../../contract/jobs.ts";
import { drawSeconds, type Throughput } from "../../training/estimate.ts";
import type { ModelLookup } from "../context.ts";
import type { Counts } from "../data/manifest.ts";
import type { RunService } from "../runs/service.ts";

type Spec<K extends TaskKind> = Extract<TaskSpec, { kind: K }>;

export interface EstimateServices {
	readonly models: ModelLookup;
	readonly runs: RunService;
	/** Counts of a data set; null while it is being read. */
	readonly counts: (dataId: string) => Counts | null;
	/** Newest first. */
	readonly tasks: () => readonly TaskState[];
	/** What this machine does in a second. */
	readonly throughput: () => Throughput;
}

/** Responses are seldom as long as the limit allows. */
const MEAN_SHARE = 1 / 3;

/**
 * How long a task will take: at the pace of the last one of its kind and model here, else from the size of the model and
 * what this machine computes in a second. Null where neither is known.
 */
export function estimateTask(spec: TaskSpec, services: EstimateServices): TaskEstimate | null {
	if (!("dataId" in spec)) return null;
	const counts = services.counts(spec.dataId);
	if (counts === null) return null;
	switch (spec.kind) {
		case "generate":
			return estimateGenerate(spec, counts, services);
		case "process-scores":
			return atPace(Math.min(spec.limit ?? counts.examples, counts.examples), spec, services);
		case "grade":
			return atPace(counts.withReference, spec, services);
		case "pairs":
			return atPace(counts.labelled, spec, services);
		default:
			return null;
	}
}

function estimateGenerate(
	spec: Spec<"generate">,
	counts: Counts,
	services: EstimateServices,
): TaskEstimate | null {
	const { n, maxNewTokens } = spec.sampling;
	const rows = n * Math.min(spec.limit ?? counts.prompts, counts.prompts);
	const last = lastOf(spec, services.tasks());
	if (last !== null && "responseTokens" in last.result && last.result.responseTokens > 0) {
		const mean = last.result.responseTokens / last.result.responses;
		const perToken = last.seconds / last.rows / mean;
		return {
			seconds: perToken * rows * Math.min(mean, maxNewTokens),
			mostSeconds: perToken * rows * maxNewTokens,
			from: `at the pace of ${last.name}`,
		};
	}
	const size = sizeOf(spec.model, services);
	if (size === null) return null;
	const throughput = services.throughput();
	const promptTokens = MEAN_SHARE * spec.maxPromptTokens;
	const draw = (newTokens: number) => drawSeconds({ ...size, rows, promptTokens, newTokens }, throughput);
	return {
		seconds: draw(Math.ceil(MEAN_SHARE * maxNewTokens)),
		mostSeconds: draw(maxNewTokens),
		from:
			throughput.source === "measured"
				? "from the size of the model and this computer’s speed"
				: "from the size of the model; nothing was measured here yet",
	};
}

type Counted = Spec<"process-scores" | "grade" | "pairs">;

function atPace(rows: number, spec: Counted, services: EstimateServices): TaskEstimate | null {
	const last = lastOf(spec, services.tasks());
	if (last === null || last.rows <= 0) return null;
	return {
		seconds: (last.seconds / last.rows) * rows,
		mostSeconds: null,
		from: `at the pace of ${last.name}`,
	};
}

type Timed = "generate" | "process-scores" | "grade" | "pairs";

interface Done {
	readonly name: string;
	readonly result: JobResult<Timed>;
	readonly seconds: number;
	/** What it worked through in that time. */
	readonly rows: number;
}

/** The last task of the same kind, and the same model where there is one, that came to its end. */
function lastOf(spec: Spec<Timed>, tasks: readonly TaskState[]): Done | null {
	const alike = tasks.find(
		(task) =>
			task.state === "completed" &&
			task.spec.kind === spec.kind &&
			(!("model" in spec) || ("model" in task.spec && sameModel(task.spec.model, spec.model))),
	);
	if (alike === undefined) return null;
	const { data: result } = jobResultSchemas[spec.kind].safeParse(alike.result);
	if (result === undefined) return null;
	const known = timeOf(result, alike);
	return known === null ? null : { name: alike.name, result, ...known };
}

function timeOf(
	result: JobResult<Timed>,
	{ createdAt, finishedAt }: TaskState,
): { seconds: number; rows: number } | null {
	if ("wallSeconds" in result) {
		const rows = result.responses - result.resumed;
		return rows > 0 ? { seconds: result.wallSeconds, rows } : null;
	}
	// These wait for nothing, and begin when they are asked for.
	const seconds = ((finishedAt ?? createdAt) - createdAt) / 1000;
	return { seconds, rows: "graded" in result ? result.graded : result.trajectories };
}

const sameModel = (a: ModelRef, b: ModelRef) => JSON.stringify(a) === JSON.stringify(b);

function sizeOf(
	ref: ModelRef,
	{ models, runs }: EstimateServices,
): { numbers: number; layers: number } | null {
	try {
		const id = ref.type === "model" ? ref.id : runs.entry(ref.id).app.modelId;
		const entry = id === null ? null : models.resolve(id);
		if (entry === null || entry.parameters === null || entry.layers === null) return null;
		return { numbers: entry.parameters, layers: entry.layers };
	} catch (error) {
		// A model that was removed can be said nothing of.
		if (error instanceof AppError) return null;
		throw error;
	}
}
