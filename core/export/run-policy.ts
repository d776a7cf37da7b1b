import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { DecoderConfig } from "../models/config.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { mappable } from "../models/hf/mapped.ts";
import { mergedTensors } from "../models/hf/merge.ts";
import { ADAPTER_WEIGHTS, type LoraAdapter, readPeftAdapter } from "../models/hf/peft.ts";
import { openSafetensors, type TensorSource } from "../models/hf/safetensors.ts";
import { sha256, sha256Files } from "../store/files.ts";
import { ADAPTER_CONFIG, modelHome } from "../store/model-home.ts";
import { RunStore } from "../store/run-store.ts";

/** A policy ready to run: whole weights by Hugging Face name, and where its tokenizer lies. */
export interface Policy {
	config: DecoderConfig;
	tensors: ReadonlyMap<string, TensorSource>;
	/** Folder with tokenizer and config.json: of the model itself, of the one a run started from, of an adapter's base. */
	modelDir: string;
}

export interface OpenedPolicy extends Policy {
	/** SHA-256, in hex, over the files that the weights and the configuration come from. */
	contentHash: string;
	/** The same of the model itself, or of the one that the run started from. */
	baseHash: string;
	/** Folder that the run started from, where that is an adapter and `modelDir` its base's. */
	startedFrom?: string;
}

export interface RunPolicy extends OpenedPolicy {
	/** Step of the checkpoint. */
	step: number;
	/** Null when every weight was trained. */
	adapter: LoraAdapter | null;
}

/**
 * Opens a model folder, or a checkpoint of a run's folder (the last one for `best` when none was best yet).
 * Throws `run-missing` or `file-missing` when the folder is neither, and what the files' readers throw.
 */
export async function openPolicy(
	dir: string,
	checkpoint: "best" | "last" | number = "best",
): Promise<OpenedPolicy> {
	if (isRun(dir)) return openRunPolicy(dir, checkpoint);
	const { config, tensors, contentHash } = await loadModelFolder(dir);
	return { config, tensors, modelDir: modelHome(dir), contentHash, baseHash: contentHash };
}

/** Whether a folder is that of a run; otherwise it may be a model's. */
export function isRun(dir: string): boolean {
	return existsSync(join(dir, "run.json"));
}

/** The policy of one checkpoint of a run, every file of it checked. Throws `run-missing`, `file-missing`, `file-corrupt`. */
export async function openRunPolicy(runDir: string, which: "best" | "last" | number): Promise<RunPolicy> {
	const store = RunStore.open(dirname(runDir), basename(runDir));
	const { modelDir: startedFrom } = store.readConfig();
	const { checkpoints } = store;
	const newest = which === "best" ? (checkpoints.best() ?? checkpoints.last()) : checkpoints.last();
	const step = typeof which === "number" ? which : newest?.step;
	if (step === undefined) {
		throw new AppError({
			code: "file-missing",
			message: `The run in ${runDir} has no checkpoint yet.`,
			hint: "Let it run to its first checkpoint: dqo train --out RUNDIR --resume.",
		});
	}
	const { dir } = await checkpoints.open(step);
	const base = await loadModelFolder(startedFrom);
	const modelDir = modelHome(startedFrom);
	const shared = {
		config: base.config,
		modelDir,
		baseHash: base.contentHash,
		step,
		...(startedFrom !== modelDir && { startedFrom }),
	};
	if (existsSync(join(dir, ADAPTER_CONFIG))) {
		const adapter = readPeftAdapter(dir, base.config);
		const tensors = mergedTensors(base.tensors, adapter);
		const files = [join(dir, ADAPTER_CONFIG), join(dir, ADAPTER_WEIGHTS)];
		const contentHash = sha256(base.contentHash + (await sha256Files(files)));
		return { ...shared, tensors, contentHash, adapter };
	}
	const weights = join(dir, "model.safetensors");
	const { tensors } = openSafetensors(weights);
	const contentHash = sha256(base.contentHash + (await sha256Files([weights])));
	return { ...shared, tensors: mappable(tensors, contentHash), contentHash, adapter: null };
}
