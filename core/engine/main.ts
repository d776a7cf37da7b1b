import { runHost } from "./host.ts";

/** The engine process. Each job's code is loaded only by the process that runs it. */
runHost({
	train: async (spec, context) => (await import("../training/job.ts")).trainJob(spec, context),
	generate: async (spec, context) => (await import("../sampling/job.ts")).generateJob(spec, context),
	"process-scores": async (spec, context) =>
		(await import("../sampling/process-scores-job.ts")).processScoresJob(spec, context),
	evaluate: async (spec, context) => (await import("../evaluation/job.ts")).evaluateJob(spec, context),
	values: async (spec, context) => (await import("../evaluation/values.ts")).valuesJob(spec, context),
	export: async (spec, context) => (await import("./export-job.ts")).exportJob(spec, context),
	grade: async (spec, context) => (await import("../preparing/grade.ts")).gradeJob(spec, context),
	pairs: async (spec, context) => (await import("../preparing/pairs.ts")).pairsJob(spec, context),
	split: async (spec, context) => (await import("../preparing/split.ts")).splitJob(spec, context),
	compare: async (spec, context) => (await import("../evaluation/compare-job.ts")).compareJob(spec, context),
	inspect: async (spec, context) => (await import("../evaluation/inspect.ts")).inspectJob(spec, context),
	playground: async (spec, context) =>
		(await import("../evaluation/playground.ts")).playgroundJob(spec, context),
	"probe-provider": async (spec) => (await import("../runtime/probe.ts")).probeProvider(spec),
});
