import type { RunConfig } from "../contract/run.ts";
import { type Tensors, VALUE_HEAD } from "../models/network.ts";
import type { Parameters } from "./adamw.ts";
import { Random } from "./random.ts";

/** The two networks that can be trained; every trained tensor is named `<role>:<tensor>`. */
export const ROLES = ["policy", "value"] as const;
export type Role = (typeof ROLES)[number];

/** The tensors of one role, still under their full names. */
export function ofRole(parameters: Parameters, role: Role): Parameters {
	return new Map([...parameters].filter(([name]) => name.startsWith(`${role}:`)));
}

/** Name without the role. */
export function tensorName(name: string): string {
	return name.slice(name.indexOf(":") + 1);
}

/**
 * Starting values: LoRA A uniform as PEFT draws it (Kaiming, a = sqrt 5), B and the value head zero, so that training
 * starts at the reference and at V = 0; fully trained tensors are copies of the model's.
 */
export function initialParameters(
	shapes: ReadonlyMap<string, readonly number[]>,
	tensors: Tensors,
	config: Pick<RunConfig, "seed">,
): Parameters {
	const parameters: Parameters = new Map();
	for (const [name, shape] of shapes) {
		const size = shape.reduce((a, b) => a * b, 1);
		const tensor = tensorName(name);
		if (tensor === VALUE_HEAD || tensor.endsWith(".lora_B.weight"))
			parameters.set(name, new Float32Array(size));
		else if (tensor.endsWith(".lora_A.weight")) {
			const random = new Random("init", config.seed, name);
			const bound = 1 / Math.sqrt(shape[1] as number);
			parameters.set(
				name,
				new Float32Array(size).map(() => bound * (2 * random.next() - 1)),
			);
		} else {
			const source = tensors.get(tensor);
			if (!source) throw new Error(`the model has no tensor ${tensor}`);
			parameters.set(name, source.load().slice());
		}
	}
	return parameters;
}
