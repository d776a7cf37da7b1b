import type { RunConfig } from "../contract/run.ts";
import { mergedTensors } from "../models/hf/merge.ts";
import type { LoraAdapter } from "../models/hf/peft.ts";
import { inMemory, type TensorSource } from "../models/hf/safetensors.ts";
import type { Parameters } from "./adamw.ts";
import { ofRole, tensorName } from "./parameters.ts";

/** The policy's trained tensors as a PEFT adapter. */
export function policyAdapter(
	parameters: Parameters,
	shapes: ReadonlyMap<string, readonly number[]>,
	adapter: Extract<RunConfig["adapter"], { type: "lora" }>,
): LoraAdapter {
	const modules: LoraAdapter["modules"] = new Map();
	const policy = ofRole(parameters, "policy");
	const source = (name: string): TensorSource =>
		inMemory(shapes.get(name) ?? [], policy.get(name) ?? new Float32Array(0));
	for (const name of policy.keys()) {
		const module = /^policy:(.+)\.lora_A\.weight$/.exec(name)?.[1];
		if (module === undefined) continue;
		modules.set(module, { a: source(name), b: source(name.replace("lora_A", "lora_B")) });
	}
	return { rank: adapter.rank, alpha: adapter.alpha, modules };
}

/** The policy's weights as one model: trained tensors in place of the base's, or the adapter merged into it. */
export function policyTensors(
	base: ReadonlyMap<string, TensorSource>,
	parameters: Parameters,
	shapes: ReadonlyMap<string, readonly number[]>,
	adapter: RunConfig["adapter"],
): Map<string, TensorSource> {
	if (adapter.type === "lora") return mergedTensors(base, policyAdapter(parameters, shapes, adapter));
	const tensors = new Map(base);
	for (const [name, values] of ofRole(parameters, "policy")) {
		tensors.set(tensorName(name), inMemory(shapes.get(name) ?? [], values));
	}
	return tensors;
}
