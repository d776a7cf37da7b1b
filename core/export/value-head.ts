import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openSafetensors, type TensorSource, writeSafetensors } from "../models/hf/safetensors.ts";
import { VALUE_HEAD } from "../models/network.ts";
import { makeFolder } from "../store/files.ts";
import { RunStore } from "../store/run-store.ts";
import { checkWritten } from "./report.ts";
import { weightBytes } from "./sizes.ts";

/** In a folder of its own: vLLM loads every weight file that lies beside a model's, and knows no value head. */
export const VALUE_HEAD_FILE = "value_head/value_head.safetensors";

/** Every trained tensor of a checkpoint under `<role>:<name>`; written by `core/training/checkpoint.ts`. */
const TRAINED = "trained.safetensors";
const ROLE = "value:";

/** A run's value function: V of a text is `score.weight` times the last token's hidden state after the final norm. */
export interface ValueHead {
	/** `score.weight` `[1, hiddenSize]`, and what is trained of a network of its own: LoRA tensors as PEFT names them, or every weight. */
	tensors: ReadonlyMap<string, TensorSource>;
	metadata: Readonly<Record<string, string>>;
}

/** The value function of one checkpoint; null where the run's method has none. Throws `run-missing`, `file-corrupt`. */
export function readValueHead(runDir: string, step: number): ValueHead | null {
	const store = RunStore.open(dirname(runDir), basename(runDir));
	const checkpoint = store.checkpoints.list().find((one) => one.step === step);
	const path = join(checkpoint?.dir ?? "", TRAINED);
	if (checkpoint === undefined || !existsSync(path)) return null;
	const { method, modelDir, adapter, valueFunction } = store.readConfig();
	const tensors = new Map<string, TensorSource>();
	for (const [name, tensor] of openSafetensors(path).tensors) {
		if (!name.startsWith(ROLE)) continue;
		const own = name.slice(ROLE.length);
		tensors.set(/\.lora_[AB]\.weight$/.test(own) ? `base_model.model.${own}` : own, tensor);
	}
	const head = tensors.get(VALUE_HEAD);
	if (head === undefined) return null;
	const network: Record<string, string> =
		valueFunction === "shared"
			? { network: "the policy's own" }
			: adapter.type === "full"
				? { network: "its own, every weight" }
				: {
						network: "its own, LoRA on the base",
						lora_rank: String(adapter.rank),
						lora_alpha: String(adapter.alpha),
					};
	return {
		tensors,
		metadata: {
			format: "pt",
			base_model: modelDir,
			shape: `[${head.shape.join(", ")}]`,
			method,
			step: String(step),
			...network,
		},
	};
}

/** Bytes that the value function's file takes; 0 for none. */
export function valueHeadBytes(head: ValueHead | null): number {
	return head === null ? 0 : weightBytes(head.tensors, "F32");
}

/** Writes the value function into an export's folder in float32, reopens it, and says what it is. Throws `disk-full`. */
export function writeValueHead(dir: string, { tensors, metadata }: ValueHead): string {
	const path = join(dir, VALUE_HEAD_FILE);
	makeFolder(dirname(path));
	checkWritten(path, writeSafetensors(path, tensors, metadata, { dtype: "F32" }));
	return `${VALUE_HEAD_FILE}: ${tensors.size} tensors read back bit for bit; its network is ${metadata.network}.`;
}
