import type { RunConfig } from "../../contract/run.ts";
import type { DecoderConfig } from "../../models/config.ts";
import { inspectModelFolder } from "../../models/hf/load.ts";
import { loadTokenizer } from "../../tokenizers/tokenizer.ts";
import { dataShapeOf } from "../../training/data-shape.ts";
import {
	calibrate,
	type DataShape,
	type Estimate,
	type EstimateInput,
	estimate,
	largestMicroTokens,
} from "../../training/estimate.ts";
import { prepareData } from "../../training/prepare.ts";

/** What a run's data amount to once they are encoded for its model. */
export interface TrainingFacts {
	readonly model: DecoderConfig;
	/** Bytes of a number as the model's files store it. */
	readonly storedBytes: number;
	readonly shape: DataShape;
	readonly trajectories: number;
	readonly cut: number;
	readonly skipped: number;
	readonly heldOut: { readonly items: number; readonly prompts: number };
}

/** Encodes a run's data as training does and counts. Throws what would keep the run from starting. */
export async function trainingFacts({ config }: { config: RunConfig }): Promise<TrainingFacts> {
	const { config: model, found } = inspectModelFolder(config.modelDir);
	const tokenizer = await loadTokenizer(config.modelDir);
	const { train, heldOut, heldOutPrompts, cut, skipped } = await prepareData(config, model, tokenizer);
	const halved = [...found.values()].some(({ dtype }) => dtype !== "F32");
	return {
		model,
		storedBytes: halved ? 2 : 4,
		shape: dataShapeOf(train),
		trajectories: train.length,
		cut,
		skipped,
		heldOut: { items: heldOut.length, prompts: heldOutPrompts.length },
	};
}

/** A change of the configuration that makes a run fit. */
export interface Remedy {
	readonly fields: Partial<RunConfig>;
	readonly totalBytes: number;
}

/** What a run takes, and what would make it fit into the memory where it does not. */
export function estimateRun({ input, limitBytes }: { input: EstimateInput; limitBytes: number }): {
	found: Estimate;
	remedies: Remedy[];
} {
	const found = estimate(input);
	if (found.memory.totalBytes <= limitBytes) return { found, remedies: [] };
	const { run } = input;
	const lora: Partial<RunConfig> = { adapter: { type: "lora", rank: 16, alpha: 32 } };
	const single: Partial<RunConfig>[] = [
		...(run.recompute ? [] : [{ recompute: true }]),
		...(run.valueFunction === "shared" ? [] : [{ valueFunction: "shared" as const }]),
		...(run.adapter.type === "lora" ? [] : [lora]),
	];
	const remedies: Remedy[] = [];
	for (const change of [{}, ...single, Object.assign({}, ...single) as Partial<RunConfig>]) {
		const changed = { ...input, run: { ...run, ...change } };
		const bytes = estimate(changed).memory.totalBytes;
		if (bytes <= limitBytes) remedies.push({ fields: change, totalBytes: bytes });
		else {
			const microTokens = largestMicroTokens(changed, limitBytes);
			if (microTokens === null || microTokens >= run.microTokens) continue;
			const fields = { ...change, microTokens };
			const smaller = { ...input, run: { ...run, ...fields } };
			remedies.push({ fields, totalBytes: estimate(smaller).memory.totalBytes });
		}
	}
	// The last repeats another where only one change was left to make.
	const seen = new Set<string>();
	const distinct = remedies.filter(({ fields }) => {
		const key = JSON.stringify(fields);
		return !seen.has(key) && seen.add(key);
	});
	return { found, remedies: distinct };
}

/** How many times as fast as a typical processor this machine made a step. */
export function measureSpeed({ input, secondsPerStep }: { input: EstimateInput; secondsPerStep: number }): {
	matrixFlops: number;
} {
	const { matrixFlops } = calibrate(input, secondsPerStep);
	return { matrixFlops };
}
