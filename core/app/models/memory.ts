import { AppError } from "../../contract/errors.ts";
import { resolveRunConfig } from "../../contract/resolve.ts";
import { inspectModelFolder } from "../../models/hf/load.ts";
import { estimate, largestMicroTokens } from "../../training/estimate.ts";
import { fitToContext } from "../../training/fit-to-context.ts";

/** A data set of the usual size, for which only the lengths matter here. */
const DATA = { items: 8000, prompts: 1000 };
/** Responses are seldom as long as the limit allows. */
const MEAN_SHARE = 1 / 3;

/** Peak memory in bytes, and where that is over a limit, a smaller micro-batch with what it takes. */
export interface ModelMemory {
	readonly bytes: number;
	readonly smaller: { readonly microTokens: number; readonly memoryBytes: number } | null;
}

/** What LoRA DQO on a model takes at the default settings and lengths; null for one that cannot be trained. */
export async function estimateMemory({
	dir,
	limitBytes,
}: {
	dir: string;
	limitBytes: number;
}): Promise<ModelMemory | null> {
	try {
		const { config: model } = inspectModelFolder(dir);
		const choices = { method: "dqo", modelDir: dir, dataPath: "-", adapter: { type: "lora" } } as const;
		const defaults = resolveRunConfig(choices);
		const limits = fitToContext(defaults, model.maxPosition);
		const shape = (max: number) => ({ mean: Math.ceil(max * MEAN_SHARE), max });
		const data = {
			...DATA,
			promptTokens: shape(limits.maxPromptTokens),
			responseTokens: shape(limits.maxResponseTokens),
		};
		const heldOut = { items: DATA.items / 10, prompts: DATA.prompts / 10 };
		const run = { ...defaults, ...limits };
		const input = { model, run, data, heldOut, provider: "cpu", cores: 1 } as const;
		const bytes = estimate(input).memory.totalBytes;
		const microTokens = bytes <= limitBytes ? null : largestMicroTokens(input, limitBytes);
		if (microTokens === null) return { bytes, smaller: null };
		const { memory } = estimate({ ...input, run: { ...run, microTokens } });
		return { bytes, smaller: { microTokens, memoryBytes: memory.totalBytes } };
	} catch (error) {
		if (error instanceof AppError) return null;
		throw error;
	}
}
