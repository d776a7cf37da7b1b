import { z } from "zod";
import { checkpointOfRun, eventsPath, interval, limit, path, reason, share, threads } from "./job-common.ts";
import { computeSchema } from "./provider.ts";
import { guidedDecodingSchema, samplingConfigSchema } from "./sampling.ts";
import { columnsSchema, invalidRowsSchema, taskSchema, templateSchema } from "./task.ts";

export const evaluateSpecSchema = z.strictObject({
	kind: z.literal("evaluate"),
	/** A model folder or a run's folder. */
	modelDir: path,
	checkpoint: checkpointOfRun,
	dataPath: path,
	columns: columnsSchema.optional(),
	invalidRows: invalidRowsSchema.optional(),
	task: taskSchema,
	template: templateSchema,
	/** Used for the sampled accuracy; greedy accuracy takes only its `maxNewTokens`. */
	sampling: samplingConfigSchema,
	/** Seeds for the sampled accuracy, counted up from `sampling.seed`; 0 measures greedy alone. */
	sampledSeeds: z.int().min(0),
	maxPromptTokens: z.int().min(1),
	/** Also measures responses chosen by the value function of the run in `modelDir`. */
	guided: guidedDecodingSchema.optional(),
	/** When set, a record of each problem is written here as JSONL: the greedy response, its tokens, the sampled verdicts. */
	outPath: path.nullable(),
	limit,
	threads,
	compute: computeSchema.optional(),
	eventsPath,
});
export type EvaluateSpec = z.infer<typeof evaluateSpecSchema>;

export const evaluateResultSchema = z.strictObject({
	reason,
	/** Share of problems solved, with its Wilson interval. */
	greedy: z.strictObject({ accuracy: share, n: z.int().min(0), interval }),
	/** Mean and standard deviation of the accuracy over `n` seeds. */
	sampled: z
		.strictObject({
			mean: z.number(),
			std: z.number(),
			n: z.int().min(1),
			/** Of the mean, by bootstrap over problems. */
			interval,
			/** Mean over problems of pass@k (unbiased), for k = 1, 2, 4 ... and `n`. */
			passAtK: z.array(z.strictObject({ k: z.int().min(1), value: share })),
			/** Accuracy of the answer that most of the `k` responses give. */
			majority: z.strictObject({ k: z.int().min(1), accuracy: share, interval }),
		})
		.nullable(),
	/** Accuracy of the responses that the value function chose; null when not asked for. */
	guided: z
		.strictObject({ decoding: guidedDecodingSchema, accuracy: share, n: z.int().min(0), interval })
		.nullable(),
	skippedPrompts: z.int().min(0),
	wallSeconds: z.number().min(0),
});
export type EvaluateResult = z.infer<typeof evaluateResultSchema>;
