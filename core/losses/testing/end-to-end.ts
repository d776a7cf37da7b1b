import { readFileSync } from "node:fs";
import { backward } from "../../autodiff/backward.ts";
import type { RunConfig } from "../../contract/run.ts";
import { Graph, type Value } from "../../graph/graph.ts";
import { reshape, stopGradient } from "../../graph/ops/index.ts";
import { decoder } from "../../models/decoder.ts";
import { logProbsOf } from "../../models/head.ts";
import { loadModelFolder } from "../../models/hf/load.ts";
import { openSafetensors, type SafetensorsFile } from "../../models/hf/safetensors.ts";
import { groupedLayout } from "../../models/layout.ts";
import { type Adaptation, Network, VALUE_HEAD, valueHead } from "../../models/network.ts";
import { GraphSession } from "../../runtime/session.ts";
import type { HostTensor } from "../../runtime/tensors.ts";
import { aggregate } from "../aggregate.ts";
import { dqo } from "../dqo.ts";
import { configOf, pack } from "./arrays.ts";

const fixtures = new URL("../../../fixtures/", import.meta.url).pathname;

/** Three settings of Llama, and one of each other family. */
export const END_TO_END = [
	"end-to-end-default",
	"end-to-end-process",
	"end-to-end-shared",
	"end-to-end-qwen2",
	"end-to-end-qwen3",
	"end-to-end-gemma",
	"end-to-end-gemma2",
	"end-to-end-mistral",
];

export interface FixtureTrajectory {
	readonly prompt: readonly number[];
	readonly response: readonly number[];
	readonly rewards: readonly number[];
	readonly behaviourLogp: readonly number[];
	readonly referenceLogp: readonly number[];
	readonly logp: readonly number[];
	readonly value: readonly number[];
	readonly returns: readonly number[];
	readonly weight: number;
	readonly policyLoss: number;
	readonly valueLoss: number;
}

export interface Fixture {
	readonly model: string;
	readonly policyAdapter: string;
	readonly valueAdapter: string | null;
	readonly beta: number;
	readonly lambda: number;
	readonly weightOn: RunConfig["importanceWeight"];
	readonly policyLoss: number;
	readonly valueLoss: number;
	readonly trajectories: readonly FixtureTrajectory[];
	/** Gradients, and the value head's weight. */
	readonly tensors: SafetensorsFile["tensors"];
}

export function readFixture(name: string): Fixture {
	const path = `${fixtures}dqo/${name}`;
	return {
		...JSON.parse(readFileSync(`${path}.json`, "utf8")),
		tensors: openSafetensors(`${path}.safetensors`).tensors,
	};
}

export interface EndToEnd {
	readonly session: GraphSession;
	/** Of the model. */
	readonly layers: number;
	/** Trained tensors by graph input, with the name of their gradient in the fixture. */
	readonly trained: ReadonlyMap<string, string>;
	/** Values of the trained tensors. */
	readonly parameters: Readonly<Record<string, HostTensor>>;
	/** Padded response lengths must be multiples of this. */
	readonly lengthMultiple: number;
}

/** The whole DQO step of a fixture as one graph: both networks, both losses and every gradient. */
export async function endToEnd(fixture: Fixture, recompute: boolean): Promise<EndToEnd> {
	const model = await loadModelFolder(`${fixtures}models/${fixture.model}`);
	const chunks = recompute ? 4 : 1;
	const graph = new Graph();
	const layout = groupedLayout(graph, recompute ? "4*U" : "T");
	const shape = [layout.P, layout.K, layout.T];
	const lora: Adaptation = { type: "lora", rank: 4, alpha: 8 };
	const network = (role: string, adaptation: Adaptation) =>
		new Network(graph, model.config, model.tensors, role, adaptation);
	const input = (name: string) => graph.input(name, "f32", shape);

	const policy = network("policy", lora);
	const hidden = decoder(policy, layout, { recompute });
	const targets = reshape(graph.input("targets", "i64", shape), [layout.rows]);
	const logProbs = reshape(logProbsOf(policy, hidden, targets, { chunks }), shape);
	const value = network("value", fixture.valueAdapter ? lora : { type: "frozen" });
	const states = fixture.valueAdapter ? decoder(value, layout, { recompute }) : stopGradient(hidden);
	const values = reshape(valueHead(value, states), shape);

	const { beta, lambda, weightOn: importanceWeight } = fixture;
	const terms = dqo.build(
		{
			logProbs,
			values,
			mask: input("mask"),
			referenceLogProbs: input("reference"),
			behaviourLogProbs: input("behaviour"),
			rewards: input("rewards"),
			labels: null,
			baseline: null,
		},
		configOf("dqo", { beta, lambda, importanceWeight }),
	);
	if (!terms.value) throw new Error("DQO has a value loss");
	const shares = graph.input("shares", "f32", [layout.P, layout.K]);
	const [policyLoss, valueLoss] = [aggregate(terms.policy, shares), aggregate(terms.value, shares)];
	const outputs: Record<string, Value> = { logProbs, values, policyLoss, valueLoss, ...terms.diagnostics };
	for (const [name, output] of Object.entries(outputs)) graph.output(name, output);
	const trained = new Map<string, string>();
	for (const [role, { trained: tensors }] of Object.entries({ policy, value }))
		for (const [name, { name: inputName }] of tensors)
			trained.set(
				inputName,
				`${role}.grad.${name === VALUE_HEAD ? "value_head.weight" : `base_model.model.${name}`}`,
			);
	const seeds = [policyLoss, valueLoss].map((loss) => ({ value: loss, gradient: graph.scalar(1) }));
	const parameters = [...policy.trained.values(), ...value.trained.values()];
	for (const [parameter, gradient] of backward(seeds, parameters))
		if (gradient) graph.output(`d ${parameter.name}`, gradient);

	const adapter = (name: string | null) =>
		name ? openSafetensors(`${fixtures}adapters/${name}/adapter_model.safetensors`).tensors : null;
	const adapters = { policy: adapter(fixture.policyAdapter), value: adapter(fixture.valueAdapter) };
	const load = ({ role }: Network, name: string): HostTensor => {
		const source =
			name === VALUE_HEAD
				? fixture.tensors.get("value_head.weight")
				: adapters[role as "policy" | "value"]?.get(`base_model.model.${name}`);
		if (!source) throw new Error(`no values for ${role}:${name}`);
		return { shape: source.shape, data: source.load() };
	};
	return {
		session: await GraphSession.create(graph, { threads: 1 }),
		layers: model.config.layers,
		trained,
		parameters: Object.fromEntries(
			[policy, value].flatMap((n) =>
				[...n.trained].map(([name, { name: inputName }]) => [inputName, load(n, name)]),
			),
		),
		lengthMultiple: chunks,
	};
}

/**
 * Groups of responses to one prompt as feeds. `share` is each response's weight in the losses. Padding holds a token
 * id that is a real word of the vocabulary, and large numbers.
 */
export function groupFeeds(
	groups: readonly (readonly FixtureTrajectory[])[],
	share: number,
	lengthMultiple: number,
): Record<string, HostTensor> {
	const P = groups.length;
	const K = Math.max(...groups.map((group) => group.length));
	const prompts = groups.map(([first]) => first?.prompt ?? []);
	const L = Math.max(...prompts.map((prompt) => prompt.length - 1));
	const longest = Math.max(...groups.flat().map(({ response }) => response.length));
	const T = Math.ceil(longest / lengthMultiple) * lengthMultiple;
	const slots = groups.flatMap((group) => Array.from({ length: K }, (_, k) => group[k] ?? null));
	const floats = (read: (t: FixtureTrajectory) => readonly number[], padding = 0) =>
		pack(
			slots.map((slot) => slot && read(slot)),
			[P, K, T],
			() => padding,
		);
	const ids = (read: (t: FixtureTrajectory) => readonly number[]): HostTensor => {
		const { shape, data } = floats(read, 13);
		return { shape, data: BigInt64Array.from(data as Float32Array, BigInt) };
	};
	return {
		prompt_ids: {
			shape: [P, L],
			data: BigInt64Array.from(
				prompts.flatMap((prompt) =>
					Array.from({ length: L }, (_, i) => BigInt(prompt.slice(0, -1)[i] ?? 13)),
				),
			),
		},
		prefix_lengths: { shape: [P], data: BigInt64Array.from(prompts, (prompt) => BigInt(prompt.length - 1)) },
		response_ids: ids(({ prompt, response }) => [prompt.at(-1) ?? 0, ...response.slice(0, -1)]),
		targets: ids(({ response }) => response),
		mask: floats(({ response }) => response.map(() => 1)),
		reference: floats(({ referenceLogp }) => referenceLogp, 50),
		behaviour: floats(({ behaviourLogp }) => behaviourLogp, -50),
		rewards: floats(({ rewards }) => rewards),
		shares: { shape: [P, K], data: Float32Array.from(slots, (slot) => (slot ? share : 0)) },
	};
}
