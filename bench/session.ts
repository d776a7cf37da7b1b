/**
 * CPU seconds that making a session takes: `npx tsx bench/session.ts [LAYERS]`. The graphs are those of a run on Qwen2-0.5B, node by
 * node, but narrow: no weights are copied or packed, so what is left is what the number of nodes costs.
 */
import { resolveRunConfig } from "../core/contract/resolve.ts";
import type { Graph } from "../core/graph/graph.ts";
import { parseHfConfig } from "../core/models/config.ts";
import { expectedTensors } from "../core/models/hf/load.ts";
import { inMemory } from "../core/models/hf/safetensors.ts";
import { GraphSession } from "../core/runtime/session.ts";
import { decodeGraph } from "../core/sampling/decode-graph.ts";
import { prefillGraph } from "../core/sampling/prefill-graph.ts";
import { buildStepGraph } from "../core/training/step-graph.ts";
import { QWEN2_HALF_B } from "./random-model.ts";

const layers = Number(process.argv[2] ?? QWEN2_HALF_B.num_hidden_layers);
const narrow = { vocab_size: 512, hidden_size: 56, intermediate_size: 64, num_hidden_layers: layers };
const config = parseHfConfig({ ...QWEN2_HALF_B, ...narrow });
const shapes = [...expectedTensors(config)];
const tensors = new Map(
	shapes.map(([name, shape]) => [name, inMemory(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))]),
);
const run = (more: object) =>
	resolveRunConfig({ method: "dqo", modelDir: "bench", dataPath: "bench", microTokens: 512, ...more });
const source = { config, tensors };

const graphs: Record<string, () => Graph> = {
	"DQO lora, training": () => buildStepGraph(source, run({}), "train").graph,
	"DQO lora, value warm-up": () => buildStepGraph(source, run({}), "value-warmup").graph,
	"DQO lora, evaluation": () => buildStepGraph(source, run({}), "evaluate").graph,
	"DQO full, training": () => buildStepGraph(source, run({ adapter: { type: "full" } }), "train").graph,
	"sampler, prefill": () => prefillGraph(config, tensors),
	"sampler, decode": () => decodeGraph(config, tensors, { stepped: false }),
};

async function cpuSeconds<T>(work: () => T | Promise<T>): Promise<[T, string]> {
	const before = process.cpuUsage();
	const result = await work();
	const { user, system } = process.cpuUsage(before);
	return [result, ((user + system) / 1e6).toFixed(2)];
}

for (const [name, build] of Object.entries(graphs)) {
	const [graph, built] = await cpuSeconds(build);
	const [session, made] = await cpuSeconds(() => GraphSession.create(graph, { threads: 1 }));
	await session.release();
	console.log(
		`${name.padEnd(24)} ${`${graph.nodes.length}`.padStart(6)} nodes  built ${built} s  session ${made} s`,
	);
}
