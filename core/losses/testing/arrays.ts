import { backward, type Seed } from "../../autodiff/backward.ts";
import { resolveRunConfig } from "../../contract/resolve.ts";
import type { Method, RunConfig } from "../../contract/run.ts";
import { Graph } from "../../graph/graph.ts";
import { GraphSession } from "../../runtime/session.ts";
import type { HostTensor } from "../../runtime/tensors.ts";
import { aggregate } from "../aggregate.ts";
import { losses } from "../index.ts";

export type Settings = Partial<
	Pick<
		RunConfig,
		"beta" | "lambda" | "importanceWeight" | "labelSmoothing" | "desirableWeight" | "undesirableWeight"
	>
>;

/** A run configuration of a method with the fields that losses read. */
export function configOf(method: Method, settings: Settings = {}): RunConfig {
	return resolveRunConfig({ modelDir: "model", dataPath: "data", method, ...settings });
}

/** What a loss needs of one response of H tokens; every array has length H. */
export interface Trajectory {
	readonly logProbs: readonly number[];
	readonly referenceLogProbs: readonly number[];
	/** The reference where it is left out. */
	readonly behaviourLogProbs?: readonly number[];
	readonly rewards: readonly number[];
	readonly values: readonly number[];
	/** Whether it counts as correct; wrong where it is left out. */
	readonly correct?: boolean;
}

export interface ArrayOptions {
	/** Responses a group; must divide the number of slots. Default 2 for pairs and 1 otherwise. */
	K?: number;
	/** Padded length; default the longest response. */
	T?: number;
	/** What the losses are divided by; default the number of trajectories, or of tokens or pairs where the method averages those. */
	total?: number;
	/** KTO's z0; default 0. */
	baseline?: number;
	/** Fills padding of everything but mask and rewards; default 0. */
	padding?: () => number;
}

export interface TrajectoryResult {
	/** Unreduced losses: one number, or one a token; both of a pair have the pair's. */
	readonly policyLoss: readonly number[];
	readonly valueLoss: readonly number[];
	readonly returns: readonly number[];
	readonly weight: number;
	/** Gradients of the aggregated loss. */
	readonly gradLogProbs: readonly number[];
	readonly gradValues: readonly number[];
}

export interface ArrayResult {
	/** The aggregated losses. */
	readonly policyLoss: number;
	readonly valueLoss: number;
	/** One for each slot that held a trajectory. */
	readonly trajectories: readonly TrajectoryResult[];
	/** Largest gradient, in absolute value, at a place that holds no response token. */
	readonly paddingGradient: number;
}

/** Lays rows out as a padded `[P, K, T]` tensor, null being an empty slot. */
export function pack(
	rows: readonly (readonly number[] | null)[],
	[P, K, T]: readonly [number, number, number],
	padding: () => number = () => 0,
): HostTensor {
	if (rows.length !== P * K) throw new Error(`${rows.length} rows do not fill ${P} x ${K} slots`);
	const data = rows.flatMap((row) => Array.from({ length: T }, (_, t) => row?.[t] ?? padding()));
	return { shape: [P, K, T], data: Float32Array.from(data) };
}

/** Runs a method's loss and its gradients in log-probs and values on plain arrays, in ONNX Runtime. */
export async function evaluateLoss(
	method: Method,
	settings: Settings,
	slots: readonly (Trajectory | null)[],
	options: ArrayOptions = {},
): Promise<ArrayResult> {
	const spec = losses[method];
	const present = slots.filter((slot) => slot !== null);
	const byToken = spec.reduction === "token";
	const byPair = spec.reduction === "pair";
	const { K = byPair ? 2 : 1, T = Math.max(...present.map((t) => t.logProbs.length)), padding } = options;
	const P = slots.length / K;
	const shape = [P, K, T] as const;
	const tokens = present.reduce((sum, t) => sum + t.logProbs.length, 0);
	const share = 1 / (options.total ?? (byToken ? tokens : byPair ? P : present.length));

	const graph = new Graph();
	const input = (name: string) => graph.input(name, "f32", ["P", byPair ? 2 : "K", "T"]);
	const logProbs = input("logProbs");
	const values = input("values");
	const terms = spec.build(
		{
			logProbs,
			values,
			mask: input("mask"),
			referenceLogProbs: input("reference"),
			behaviourLogProbs: input("behaviour"),
			rewards: input("rewards"),
			labels: graph.input("labels", "f32", ["P", "K"]),
			baseline: graph.input("baseline", "f32", []),
		},
		configOf(method, settings),
	);
	const shares = graph.input("shares", "f32", terms.policy.shape);
	const seeds: Seed[] = [];
	for (const [name, term] of [
		["policy", terms.policy],
		["value", terms.value],
	] as const) {
		if (!term) continue;
		const total = aggregate(term, shares);
		seeds.push({ value: total, gradient: graph.scalar(1) });
		graph.output(`${name} terms`, term);
		graph.output(name, total);
	}
	for (const [value, gradient] of backward(seeds, [logProbs, values]))
		if (gradient) graph.output(`d ${value.name}`, gradient);
	for (const [name, value] of Object.entries(terms.diagnostics)) graph.output(name, value);

	type Read = (t: Trajectory) => readonly number[];
	const read = (row: Read) => slots.map((slot) => slot && row(slot));
	const garbled = (row: Read) => pack(read(row), shape, padding);
	const zeroed = (row: Read) => pack(read(row), shape);
	const ones = (t: Trajectory) => t.logProbs.map(() => 1);
	const perSlot = (number: (t: Trajectory) => number): HostTensor => ({
		shape: [P, K],
		data: Float32Array.from(slots, (slot) => (slot ? number(slot) : 0)),
	});
	const session = await GraphSession.create(graph, { threads: 1 });
	const out = await session.run({
		logProbs: garbled((t) => t.logProbs),
		reference: garbled((t) => t.referenceLogProbs),
		behaviour: garbled((t) => t.behaviourLogProbs ?? t.referenceLogProbs),
		values: garbled((t) => t.values),
		rewards: zeroed((t) => t.rewards),
		mask: zeroed(ones),
		labels: perSlot((t) => (t.correct ? 1 : 0)),
		baseline: { shape: [], data: Float32Array.of(options.baseline ?? 0) },
		shares: byToken
			? zeroed((t) => ones(t).map(() => share))
			: byPair
				? { shape: [P, 1], data: new Float32Array(P).fill(share) }
				: perSlot(() => share),
	});
	await session.release();

	const flat = (name: string): readonly number[] => Array.from((out[name]?.data as Float32Array) ?? []);
	const row = (name: string, i: number, length: number) => flat(name).slice(i * T, i * T + length);
	const term = (name: string, i: number, length: number) =>
		byToken ? row(name, i, length) : flat(name).slice(...(byPair ? [i >> 1, (i >> 1) + 1] : [i, i + 1]));
	const gradientsAtPadding = slots.flatMap((slot, i) =>
		["d logProbs", "d values"].flatMap((name) => row(name, i, T).slice(slot?.logProbs.length ?? 0)),
	);
	return {
		policyLoss: flat("policy")[0] as number,
		valueLoss: flat("value")[0] ?? 0,
		trajectories: slots.flatMap((slot, i) => {
			if (!slot) return [];
			const length = slot.logProbs.length;
			return {
				policyLoss: term("policy terms", i, length),
				valueLoss: term("value terms", i, length),
				returns: row("returns", i, length),
				weight: flat("weights")[i] ?? 1,
				gradLogProbs: row("d logProbs", i, length),
				gradValues: row("d values", i, length),
			};
		}),
		paddingGradient: gradientsAtPadding.reduce((max, g) => Math.max(max, Math.abs(g)), 0),
	};
}
