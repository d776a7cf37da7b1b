import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import { issuesText } from "../../contract/issues.ts";
import { atomicWrite } from "../../store/files.ts";
import { readForeignJson } from "../../store/foreign-files.ts";
import { ADAPTER_CONFIG } from "../../store/model-home.ts";
import type { DecoderConfig } from "../config.ts";
import { isFloatDtype } from "./dtypes.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { listed, MAX_CONFIG_BYTES } from "./limits.ts";
import { openSafetensors, type TensorSource, type WrittenTensor, writeSafetensors } from "./safetensors.ts";

/** A low-rank adapter: each module's weight `[out, in]` is changed by `alpha / rank * B A`. */
export interface LoraAdapter {
	rank: number;
	alpha: number;
	/** By module name without prefix or suffix, such as `model.layers.0.self_attn.q_proj`; a `[rank, in]`, b `[out, rank]`. */
	modules: Map<string, { a: TensorSource; b: TensorSource }>;
}

export const ADAPTER_WEIGHTS = "adapter_model.safetensors";

const PREFIX = "base_model.model.";

/** Content of PEFT's `adapter_config.json` for an adapter of `baseModel` (a folder or a hub name). */
export function toPeftConfig(adapter: LoraAdapter, baseModel: string): Record<string, unknown> {
	return {
		peft_type: "LORA",
		task_type: "CAUSAL_LM",
		base_model_name_or_path: baseModel,
		r: adapter.rank,
		lora_alpha: adapter.alpha,
		lora_dropout: 0,
		target_modules: [...new Set([...adapter.modules.keys()].map(lastPart))].sort(),
		bias: "none",
		fan_in_fan_out: false,
		use_rslora: false,
		init_lora_weights: true,
		inference_mode: true,
	};
}

/** The adapter's tensors under the names that PEFT gives them. */
function toPeftTensors(adapter: LoraAdapter): Map<string, TensorSource> {
	const tensors = new Map<string, TensorSource>();
	for (const [module, { a, b }] of adapter.modules) {
		tensors.set(`${PREFIX}${module}.lora_A.weight`, a);
		tensors.set(`${PREFIX}${module}.lora_B.weight`, b);
	}
	return tensors;
}

/** Writes an adapter into `dir` as PEFT saves one. Throws `disk-full`. */
export function writePeftAdapter(dir: string, adapter: LoraAdapter, baseModel: string): WrittenTensor[] {
	const written = writeSafetensors(join(dir, ADAPTER_WEIGHTS), toPeftTensors(adapter), { format: "pt" });
	atomicWrite(join(dir, ADAPTER_CONFIG), `${JSON.stringify(toPeftConfig(adapter, baseModel), null, 2)}\n`);
	return written;
}

const absent = z.null().optional();
const emptyMap = z.strictObject({}).nullish();
const off = z.literal(false).nullish();

// PEFT writes many more fields, null or false when not in use; those named here change the computation when they are.
const adapterConfigSchema = z.object({
	peft_type: z.literal("LORA"),
	r: z.int().positive(),
	lora_alpha: z.number().positive(),
	bias: z.literal("none").nullish(),
	fan_in_fan_out: off,
	use_rslora: z.boolean().nullish(),
	use_dora: off,
	lora_bias: off,
	rank_pattern: emptyMap,
	alpha_pattern: emptyMap,
	modules_to_save: absent,
	layer_replication: absent,
});

/**
 * Opens a PEFT LoRA adapter folder made for a model of this configuration; values are read on `load`.
 * Throws `file-missing`, `file-corrupt`, and `model-unsupported` for other adapter kinds or tensors that do not fit.
 */
export function readPeftAdapter(dir: string, config: DecoderConfig): LoraAdapter {
	const configPath = join(dir, ADAPTER_CONFIG);
	const parsed = adapterConfigSchema.safeParse(readForeignJson(configPath, MAX_CONFIG_BYTES));
	if (!parsed.success) {
		throw new AppError({
			code: "model-unsupported",
			message: `${configPath}: ${issuesText(parsed.error)}.`,
			hint: "Choose a plain LoRA adapter: no DoRA, bias, per-module ranks or extra trained modules.",
			details: parsed.error.issues,
		});
	}
	const { r: rank, lora_alpha, use_rslora: byRoot } = parsed.data;
	// rsLoRA scales by alpha / sqrt(rank), which is alpha / rank with a larger alpha.
	const alpha = byRoot === true ? lora_alpha * Math.sqrt(rank) : lora_alpha;
	const weightsPath = join(dir, ADAPTER_WEIGHTS);
	if (!existsSync(weightsPath) && existsSync(join(dir, "adapter_model.bin"))) {
		throw new AppError({
			code: "model-unsupported",
			message: `${dir} has its weights in adapter_model.bin, not in ${ADAPTER_WEIGHTS}.`,
			hint: "Save the adapter again with safetensors: a .bin file can run any program when it is opened.",
		});
	}
	const found = openSafetensors(weightsPath).tensors;
	const expected = expectedTensors(config);
	const modules: LoraAdapter["modules"] = new Map();
	const problems: string[] = [];
	for (const [name, b] of found) {
		const match = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/.exec(name);
		const shape = match ? expected.get(`${match[1]}.weight`) : undefined;
		if (match?.[1] === undefined || shape?.length !== 2 || !/\.layers\.\d+\./.test(name)) {
			problems.push(`${name} is no LoRA tensor of a linear layer of this model`);
			continue;
		}
		if (match[2] === "A") {
			if (!found.has(name.replace("lora_A", "lora_B"))) problems.push(`${name} has no lora_B beside it`);
			continue;
		}
		const a = found.get(name.replace("lora_B", "lora_A"));
		if (a === undefined) {
			problems.push(`${name} has no lora_A beside it`);
		} else if (a.shape.join() !== `${rank},${shape[1]}` || b.shape.join() !== `${shape[0]},${rank}`) {
			problems.push(
				`${match[1]}: A is [${a.shape}] and B [${b.shape}], the model asks for [${rank},${shape[1]}] and [${shape[0]},${rank}]`,
			);
		} else if (!isFloatDtype(a.dtype) || !isFloatDtype(b.dtype)) {
			problems.push(`${match[1]} is stored as ${a.dtype} and ${b.dtype}, not F32, F16 or BF16`);
		} else {
			modules.set(match[1], { a, b });
		}
	}
	if (modules.size === 0 && problems.length === 0) problems.push("it holds no tensors");
	if (problems.length === 0) return { rank, alpha, modules };
	throw new AppError({
		code: "model-unsupported",
		message: `${weightsPath}: ${listed(problems, "; ")}.`,
		hint: "Choose an adapter that was trained on this model.",
		details: { problems: problems.slice(0, 1000) },
	});
}

function lastPart(module: string): string {
	return module.slice(module.lastIndexOf(".") + 1);
}
