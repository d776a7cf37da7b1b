/**
 * A model folder of any size with random weights, for measurements: `npx tsx bench/random-model.ts DIR [SIZE] [DTYPE]`.
 * SIZE is 0.5b (Qwen2-0.5B's shape) or over-2gb (the same, 32 layers deep).
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hfConfigText, parseHfConfig } from "../core/models/config.ts";
import type { FloatDtype } from "../core/models/hf/dtypes.ts";
import { expectedTensors } from "../core/models/hf/load.ts";
import { writeSafetensors } from "../core/models/hf/safetensors.ts";
import { Random } from "../core/training/random.ts";

const STARTER = new URL("../resources/starter/model/", import.meta.url);

/** The content of Qwen2-0.5B's `config.json`, but for the end token, which is the starter tokenizer's. */
export const QWEN2_HALF_B = {
	...{ model_type: "qwen2", vocab_size: 151_936, hidden_size: 896, intermediate_size: 4864, eos_token_id: 1 },
	...{ num_hidden_layers: 24, num_attention_heads: 14, num_key_value_heads: 2, tie_word_embeddings: true },
	...{ rms_norm_eps: 1e-6, rope_theta: 1_000_000, max_position_embeddings: 32_768 },
};

/** Weights repeat after so many numbers, as drawing hundreds of millions takes longer than what is measured. */
const PERIOD = 1 << 22;

/** Writes a model with the starter's tokenizer; `json` is its `config.json`. */
export function writeRandomModel(
	dir: string,
	json: Record<string, unknown>,
	dtype: FloatDtype = "F32",
): void {
	mkdirSync(dir, { recursive: true });
	for (const name of ["tokenizer.json", "tokenizer_config.json", "generation_config.json"])
		cpSync(new URL(name, STARTER), join(dir, name));
	const config = parseHfConfig(json);
	writeFileSync(join(dir, "config.json"), hfConfigText(config));
	const random = new Random("weights");
	const pattern = Float32Array.from({ length: PERIOD }, () => 2 * random.next() - 1);
	const tensors = [...expectedTensors(config)].map(([name, shape]) => {
		const load = () => {
			const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
			if (shape.length === 1) return values.fill(name.endsWith("bias") ? 0 : 1);
			const bound = Math.sqrt(3 / (shape.at(-1) as number));
			for (let i = 0; i < values.length; i++) values[i] = bound * (pattern[i % PERIOD] as number);
			return values;
		};
		return [name, { shape, load }] as const;
	});
	writeSafetensors(join(dir, "model.safetensors"), new Map(tensors), { format: "pt" }, { dtype });
}

if (import.meta.url === `file://${process.argv[1]}`) {
	const [dir, size = "0.5b", dtype = "F32"] = process.argv.slice(2);
	if (!dir) throw new Error("name a folder");
	const layers = size === "over-2gb" ? { num_hidden_layers: 32 } : {};
	writeRandomModel(dir, { ...QWEN2_HALF_B, ...layers }, dtype as FloatDtype);
}
