import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHfConfig } from "../../models/config.ts";
import { expectedTensors } from "../../models/hf/load.ts";
import { inMemory, writeSafetensors } from "../../models/hf/safetensors.ts";

const STARTER = new URL("../../../resources/starter/model/", import.meta.url);

/** Writes a model folder that knows nothing: the starter's tokenizer with one small layer of fixed pseudo-random weights. */
export function writeTinyModel(dir: string): string {
	mkdirSync(dir, { recursive: true });
	for (const name of [
		"tokenizer.json",
		"tokenizer_config.json",
		"special_tokens_map.json",
		"generation_config.json",
	]) {
		cpSync(new URL(name, STARTER), join(dir, name));
	}
	const starter = JSON.parse(readFileSync(new URL("config.json", STARTER), "utf8"));
	const sizes = { hidden_size: 16, intermediate_size: 32, num_hidden_layers: 1, num_attention_heads: 2 };
	const json = { ...starter, ...sizes, num_key_value_heads: 2, head_dim: 8 };
	writeFileSync(join(dir, "config.json"), JSON.stringify(json));
	let state = 1;
	const random = () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32 - 0.5;
	};
	const tensors = [...expectedTensors(parseHfConfig(json, "config.json"))].map(([name, shape]) => {
		const size = shape.reduce((a, b) => a * b, 1);
		const values = new Float32Array(size).map(() => (name.includes("norm") ? 1 : 0.5 * random()));
		return [name, inMemory(shape, values)] as const;
	});
	writeSafetensors(join(dir, "model.safetensors"), new Map(tensors), { format: "pt" });
	return dir;
}
