import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite } from "../../store/files.ts";
import { parseHfConfig } from "../config.ts";
import { expectedTensors } from "../hf/load.ts";
import { inMemory, writeSafetensors } from "../hf/safetensors.ts";

const STARTER = new URL("../../../resources/starter/model/", import.meta.url);
const TOKENIZER_FILES = [
	"tokenizer.json",
	"tokenizer_config.json",
	"special_tokens_map.json",
	"generation_config.json",
];

/** Writes a model folder that knows nothing: the starter's tokenizer, and one narrow layer of fixed pseudo-random weights. */
export function writeTinyModel(dir: string): string {
	mkdirSync(dir, { recursive: true });
	for (const name of TOKENIZER_FILES) cpSync(new URL(name, STARTER), join(dir, name));
	const starter = JSON.parse(readFileSync(new URL("config.json", STARTER), "utf8"));
	const sizes = { hidden_size: 16, intermediate_size: 32, num_hidden_layers: 1 };
	const json = { ...starter, ...sizes, num_attention_heads: 2, num_key_value_heads: 2, head_dim: 8 };
	atomicWrite(join(dir, "config.json"), JSON.stringify(json));
	let state = 1;
	const uniform = () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32 - 0.5;
	};
	const tensors = [...expectedTensors(parseHfConfig(json, "config.json"))].map(([name, shape]) => {
		const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
		return [
			name,
			inMemory(
				shape,
				values.map(() => (shape.length === 1 ? 1 : uniform())),
			),
		] as const;
	});
	writeSafetensors(join(dir, "model.safetensors"), new Map(tensors), { format: "pt" });
	return dir;
}
