import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backward } from "../autodiff/backward.ts";
import { Graph } from "../graph/graph.ts";
import { mul, reshape, sumAll } from "../graph/ops/index.ts";
import { GraphSession } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import { decoder } from "./decoder.ts";
import { logitsOf, logProbsOf } from "./head.ts";
import { loadModelFolder, type ModelWeights } from "./hf/load.ts";
import { openSafetensors, type SafetensorsFile } from "./hf/safetensors.ts";
import { groupedLayout, type Layout, plainLayout } from "./layout.ts";
import { type Adaptation, Network } from "./network.ts";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
const readJson = (name: string) => JSON.parse(readFileSync(`${fixtures}${name}.json`, "utf8"));
const ids = (rows: number[][], width: number, pad = 0): HostTensor => ({
	shape: [rows.length, width],
	data: BigInt64Array.from(
		rows.flatMap((row) => [...row, ...Array<number>(width - row.length).fill(pad)]),
		BigInt,
	),
});

/** Largest absolute difference over the largest absolute reference. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(actual.length).toBe(expected.length);
	let difference = 0;
	let scale = 1e-6;
	for (let i = 0; i < expected.length; i++) {
		difference = Math.max(difference, Math.abs((actual[i] as number) - (expected[i] as number)));
		scale = Math.max(scale, Math.abs(expected[i] as number));
	}
	return difference / scale;
}

function floats(tensor: HostTensor | undefined): Float32Array {
	if (!(tensor?.data instanceof Float32Array)) throw new Error("a float tensor was expected");
	return tensor.data;
}

/** Feeds for a network's trained tensors: the model's own weights, or the adapter's. */
function trainedFeeds(
	network: Network,
	model: ModelWeights,
	adapter: SafetensorsFile | null,
): Record<string, HostTensor> {
	const feeds: Record<string, HostTensor> = {};
	for (const name of network.trained.keys()) {
		const source = adapter?.tensors.get(`base_model.model.${name}`) ?? model.tensors.get(name);
		if (!source) throw new Error(`no weights for ${name}`);
		feeds[`policy:${name}`] = { shape: [...source.shape], data: source.load() };
	}
	return feeds;
}

interface Case {
	model: string;
	adapter: string | null;
	recompute: boolean;
	chunks: number;
}

/** Builds `sum(coefficients * log pi)` over a layout with the gradients of every trained tensor as outputs. */
async function lossGraph(
	{ model: name, adapter, recompute, chunks }: Case,
	makeLayout: (graph: Graph) => Layout,
) {
	const model = await loadModelFolder(`${fixtures}models/${name}`);
	const adaptation: Adaptation = adapter ? { type: "lora", rank: 4, alpha: 8 } : { type: "full" };
	const graph = new Graph();
	const layout = makeLayout(graph);
	const network = new Network(graph, model.config, model.tensors, "policy", adaptation);
	const hidden = decoder(network, layout, { recompute });
	const shape = [layout.P, layout.K, layout.T];
	const targets = reshape(graph.input("targets", "i64", shape), [layout.rows]);
	const logProbs = logProbsOf(network, hidden, targets, { chunks });
	const loss = sumAll(mul(logProbs, reshape(graph.input("coefficients", "f32", shape), [layout.rows])));
	const gradients = backward([{ value: loss, gradient: graph.scalar(1) }], [...network.trained.values()]);
	graph.output("loss", loss);
	graph.output("logp", logProbs);
	for (const [value, gradient] of gradients) if (gradient) graph.output(`d ${value.name}`, gradient);
	const weights = adapter
		? openSafetensors(`${fixtures}adapters/${adapter}/adapter_model.safetensors`)
		: null;
	return {
		session: await GraphSession.create(graph, { threads: 1 }),
		feeds: trainedFeeds(network, model, weights),
		network,
	};
}

function expectGradients(
	results: Record<string, HostTensor>,
	network: Network,
	reference: SafetensorsFile,
	prefix: string,
) {
	expect(network.trained.size).toBeGreaterThan(10);
	for (const name of network.trained.keys()) {
		const expected =
			reference.tensors.get(`${prefix}${name}`) ?? reference.tensors.get(`${prefix}base_model.model.${name}`);
		if (!expected) throw new Error(`the fixture has no gradient ${prefix}${name}`);
		const actual = results[`d policy:${name}`];
		if (!actual) throw new Error(`no gradient for ${name}`);
		expect(relativeError(floats(actual), expected.load()), name).toBeLessThan(1e-4);
	}
}

interface Group {
	prompt: number[];
	responses: number[][];
	coefficients: number[][];
	logp: number[][];
}

/** The groups as feeds: shared (all responses of a prompt in one group) or unshared (a group each). */
function groupFeeds(groups: Group[], lengthMultiple: number) {
	const K = Math.max(...groups.map((g) => g.responses.length));
	const L = Math.max(...groups.map((g) => g.prompt.length - 1));
	const longest = Math.max(...groups.flatMap((g) => g.responses.map((r) => r.length)));
	const T = Math.ceil(longest / lengthMultiple) * lengthMultiple;
	const shape = [groups.length, K, T];
	const size = groups.length * K * T;
	const inputs = new BigInt64Array(size);
	const targets = new BigInt64Array(size);
	const coefficients = new Float32Array(size);
	const logp: [number, number][] = [];
	groups.forEach(({ prompt, responses, coefficients: c, logp: expected }, p) => {
		responses.forEach((response, k) => {
			const at = (p * K + k) * T;
			response.forEach((token, t) => {
				inputs[at + t] = BigInt(t === 0 ? (prompt.at(-1) as number) : (response[t - 1] as number));
				targets[at + t] = BigInt(token);
				coefficients[at + t] = c[k]?.[t] as number;
				logp.push([at + t, expected[k]?.[t] as number]);
			});
		});
	});
	return {
		feeds: {
			prompt_ids: ids(
				groups.map((g) => g.prompt.slice(0, -1)),
				L,
			),
			prefix_lengths: {
				shape: [groups.length],
				data: BigInt64Array.from(groups, (g) => BigInt(g.prompt.length - 1)),
			},
			response_ids: { shape, data: inputs },
			targets: { shape, data: targets },
			coefficients: { shape, data: coefficients },
		},
		logp,
	};
}

/** A model of each family, and one of SmolLM's shape. */
const FAMILIES = [
	"llama-tiny",
	"smollm-tiny",
	"qwen2-tiny",
	"qwen3-tiny",
	"gemma-tiny",
	"gemma2-tiny",
	"mistral-tiny",
];

const variants = [
	{ recompute: false, chunks: 1 },
	{ recompute: true, chunks: 4 },
];

for (const family of FAMILIES) {
	for (const adapter of [null, `${family}-lora`]) {
		const form = adapter ? "lora" : "full";
		for (const variant of variants) {
			const title = `${family} ${form}${variant.recompute ? ", recomputed, head in chunks" : ""}`;
			describe(title, () => {
				it("has the gradients of PyTorch on whole sequences", async () => {
					const spec = readJson(`gradients/${family}-${form}`);
					const reference = openSafetensors(`${fixtures}gradients/${family}-${form}.safetensors`);
					const { session, feeds, network } = await lossGraph(
						{ model: family, adapter, ...variant },
						(graph) => plainLayout(graph, variant.chunks > 1 ? "4*U" : "T"),
					);
					// Position t predicts token t + 1: targets and coefficients are the sequence moved one to the left.
					const T = spec.inputIds[0].length;
					const moved = spec.inputIds.map((row: number[]) => row.slice(1));
					const coefficients = spec.coefficients.flatMap((row: number[]) => [...row.slice(1), 0]);
					const shape = [spec.inputIds.length, 1, T];
					const results = await session.run({
						...feeds,
						input_ids: ids(spec.inputIds, T),
						targets: { ...ids(moved, T), shape },
						coefficients: { shape, data: Float32Array.from(coefficients) },
					});
					expect(floats(results.loss)[0]).toBeCloseTo(spec.loss, 3);
					expectGradients(results, network, reference, "grad.");
				});

				for (const shared of [true, false]) {
					it(`has the gradients of PyTorch on groups, prompts ${shared ? "shared" : "not shared"}`, async () => {
						const spec: { groups: Group[]; loss: number } = readJson(`gradients/${family}-grouped-${form}`);
						const reference = openSafetensors(`${fixtures}gradients/${family}-grouped-${form}.safetensors`);
						const { session, feeds, network } = await lossGraph(
							{ model: family, adapter, ...variant },
							(graph) => groupedLayout(graph, variant.chunks > 1 ? "4*U" : "T"),
						);
						const groups = shared
							? spec.groups
							: spec.groups.flatMap(({ prompt, responses, coefficients, logp }) =>
									responses.map((response, k) => ({
										prompt,
										responses: [response],
										coefficients: [coefficients[k] as number[]],
										logp: [logp[k] as number[]],
									})),
								);
						const batch = groupFeeds(groups, variant.chunks);
						const results = await session.run({ ...feeds, ...batch.feeds });
						const logp = floats(results.logp);
						for (const [at, expected] of batch.logp) expect(logp[at]).toBeCloseTo(expected, 3);
						expectGradients(results, network, reference, "grad.");
					});
				}
			});
		}
	}
}

for (const name of [...FAMILIES, "qwen2-window-tiny", "llama3-rope-tiny", "llama-bf16-sharded-tiny"]) {
	it(`${name} has the logits of transformers`, async () => {
		const spec = readJson(`logits/${name}`);
		const model = await loadModelFolder(`${fixtures}models/${name}`);
		const graph = new Graph();
		const layout = plainLayout(graph);
		const network = new Network(graph, model.config, model.tensors, "policy", { type: "frozen" });
		graph.output("logits", logitsOf(network, decoder(network, layout)));
		const session = await GraphSession.create(graph, { threads: 1 });
		const results = await session.run({ input_ids: ids(spec.inputIds, spec.inputIds[0].length) });
		const actual = floats(results.logits);
		const reference = openSafetensors(`${fixtures}logits/${name}.safetensors`).tensors.get("logits");
		if (!reference) throw new Error("the fixture has no logits");
		const expected = reference.load();
		const [, T, V] = reference.shape as [number, number, number];
		spec.lengths.forEach((length: number, b: number) => {
			const from = b * T * V;
			const to = from + length * V;
			expect(relativeError(actual.subarray(from, to), expected.subarray(from, to))).toBeLessThan(1e-3);
		});
	});
}
