import type { JobFunction } from "../contract/job.ts";
import { runHost } from "./host.ts";

type Computing =
	| "train"
	| "generate"
	| "process-scores"
	| "evaluate"
	| "values"
	| "compare"
	| "inspect"
	| "playground";

/** A job that makes sessions: what they compute with is settled first. */
function computing<K extends Computing>(job: JobFunction<K>): JobFunction<K> {
	return async (spec, context) => {
		const { settleFor } = await import("./compute.ts");
		await settleFor(spec, context);
		return job(spec, context);
	};
}

/** The engine process. Each job's code is loaded only by the process that runs it. */
runHost({
	train: computing(async (spec, context) => (await import("../training/job.ts")).trainJob(spec, context)),
	generate: computing(async (spec, context) =>
		(await import("../sampling/job.ts")).generateJob(spec, context),
	),
	"process-scores": computing(async (spec, context) =>
		(await import("../sampling/process-scores-job.ts")).processScoresJob(spec, context),
	),
	evaluate: computing(async (spec, context) =>
		(await import("../evaluation/job.ts")).evaluateJob(spec, context),
	),
	values: computing(async (spec, context) =>
		(await import("../evaluation/values.ts")).valuesJob(spec, context),
	),
	export: async (spec, context) => (await import("./export-job.ts")).exportJob(spec, context),
	grade: async (spec, context) => (await import("../preparing/grade.ts")).gradeJob(spec, context),
	pairs: async (spec, context) => (await import("../preparing/pairs.ts")).pairsJob(spec, context),
	split: async (spec, context) => (await import("../preparing/split.ts")).splitJob(spec, context),
	compare: computing(async (spec, context) =>
		(await import("../evaluation/compare-job.ts")).compareJob(spec, context),
	),
	inspect: computing(async (spec, context) =>
		(await import("../evaluation/inspect.ts")).inspectJob(spec, context),
	),
	playground: computing(async (spec, context) =>
		(await import("../evaluation/playground.ts")).playgroundJob(spec, context),
	),
	parity: async (spec, context) => {
		await (await import("./native.ts")).settleNative(spec);
		return (await import("./parity-job.ts")).parityJob(spec, context);
	},
	"probe-provider": async (spec) => (await import("../runtime/probe.ts")).probeProvider(spec),
});
