/**
 * Makes one DQO step in a process of its own: `one-step.ts HEADROOM`. HEADROOM is the bytes of address space that are left to it
 * before the second micro-batch, or 0 for no limit. Prints the step's metrics, how the micro-batch was halved, and the sums
 * of the trained tensors.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolveRunConfig } from "../../contract/resolve.ts";
import { parseHfConfig } from "../../models/config.ts";
import { expectedTensors } from "../../models/hf/load.ts";
import { inMemory } from "../../models/hf/safetensors.ts";
import { MicroBudget } from "../in-batches.ts";
import { Random } from "../random.ts";
import { Trainer } from "../trainer.ts";
import { trajectory } from "./trajectories.ts";

const headroom = Number(process.argv[2]);
const model = parseHfConfig({
	...{ model_type: "llama", vocab_size: 500, hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2 },
	...{ num_attention_heads: 8, num_key_value_heads: 8, max_position_embeddings: 2048 },
});
const random = new Random("weights");
const tensors = new Map(
	[...expectedTensors(model)].map(([name, shape]) => {
		const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
		return [
			name,
			inMemory(
				shape,
				values.map(() => (shape.length === 1 ? 1 : 0.2 * random.normal())),
			),
		] as const;
	}),
);
const ids = (length: number) => Array.from({ length }, () => Math.floor(500 * random.next()));
/** Eight short responses to one prompt, which go first, and four long ones to others: one batch, then another and far larger one. */
const trajectories = [
	...Array.from({ length: 8 }, (_, row) => trajectory(row, [1, 2, 3], ids(8))),
	...[0, 1, 2, 3].map((i) => trajectory(8 + i, [1, 4 + i], ids(800))),
];
const config = resolveRunConfig({
	...{ method: "dqo", modelDir: "m", dataPath: "d", globalBatch: trajectories.length, microTokens: 3208 },
	...{ valueWarmupEpochs: 0, threads: 1, epochs: 1, adapter: { type: "lora", rank: 4 } },
});
const halved: [number, number][] = [];
const trainer = await Trainer.create({
	source: { config: model, tensors },
	config,
	trajectories,
	reference: ({ response }) => new Float32Array(response.length).fill(-6),
	session: { threads: 1 },
	budget: new MicroBudget(config.microTokens, (from, to) => halved.push([from, to])),
});
let batches = 0;
const metrics = await trainer.step(async () => {
	batches++;
	if (headroom === 0 || batches !== 2) return;
	const size = 1024 * Number(/VmSize:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
	execFileSync("prlimit", ["--pid", `${process.pid}`, `--as=${size + headroom}`]);
});
const sums = [...trainer.state.parameters].map(([name, values]) => [
	name,
	values.reduce((sum, x, i) => sum + x * Math.cos(i), 0),
]);
console.log(JSON.stringify({ metrics, halved, batches, sums: Object.fromEntries(sums) }));
