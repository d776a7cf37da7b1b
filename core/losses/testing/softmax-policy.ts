import { backward } from "../../autodiff/backward.ts";
import { Graph } from "../../graph/graph.ts";
import { gatherRows, reshape } from "../../graph/ops/index.ts";
import { targetLogProbs } from "../../models/logProbs.ts";
import { GraphSession } from "../../runtime/session.ts";
import type { HostTensor } from "../../runtime/tensors.ts";
import { aggregate } from "../aggregate.ts";
import { dqo } from "../dqo.ts";
import { configOf, pack, type Settings } from "./arrays.ts";

/** A response as the states it passes through and the actions it takes there. */
export interface Path {
	readonly states: readonly number[];
	readonly actions: readonly number[];
	readonly rewards: readonly number[];
	readonly referenceLogProbs: readonly number[];
	/** Weight of the response in the loss. */
	readonly weight: number;
}

export interface Parameters {
	/** Logits are `features[s] . head[a]`: `[A, D]`. */
	readonly head: Float32Array;
	/** V of each state: `[S]`. */
	readonly values: Float32Array;
}

export interface PolicyStep {
	readonly policyLoss: number;
	readonly valueLoss: number;
	readonly gradients: Parameters;
}

/** A softmax policy over A actions, linear in D features of S states, and a table of values, trained by the DQO loss. */
export class SoftmaxPolicy {
	private readonly session: GraphSession;
	private readonly feeds: Readonly<Record<string, HostTensor>>;
	private readonly shape: { readonly head: readonly number[]; readonly values: readonly number[] };

	private constructor(
		session: GraphSession,
		feeds: Record<string, HostTensor>,
		shape: SoftmaxPolicy["shape"],
	) {
		this.session = session;
		this.feeds = feeds;
		this.shape = shape;
	}

	static async create(
		features: readonly (readonly number[])[],
		actions: number,
		paths: readonly Path[],
		settings: Settings,
	): Promise<SoftmaxPolicy> {
		const [S, D] = [features.length, features[0]?.length ?? 0];
		const shape = ["P", "K", "T"] as const;
		const rows = "K*P*T";
		const graph = new Graph();
		const input = (name: string) => graph.input(name, "f32", shape);
		const head = graph.input("head", "f32", [actions, D]);
		const table = graph.input("table", "f32", [S, 1]);
		const states = reshape(graph.input("states", "i64", shape), [rows]);
		const taken = reshape(graph.input("actions", "i64", shape), [rows]);
		const known = graph.initializer("features", "f32", [S, D], () => Float32Array.from(features.flat()));
		const reference = input("reference");
		const { policy, value } = dqo.build(
			{
				logProbs: reshape(targetLogProbs(gatherRows(known, states), head, taken), shape),
				values: reshape(gatherRows(table, states), shape),
				referenceLogProbs: reference,
				behaviourLogProbs: reference,
				mask: input("mask"),
				rewards: input("rewards"),
				labels: null,
				baseline: null,
			},
			configOf("dqo", settings),
		);
		if (!value) throw new Error("DQO has a value loss");
		const shares = graph.input("shares", "f32", ["P", "K"]);
		const [policyLoss, valueLoss] = [aggregate(policy, shares), aggregate(value, shares)];
		graph.output("policy", policyLoss);
		graph.output("value", valueLoss);
		const one = graph.scalar(1);
		const seeds = [policyLoss, valueLoss].map((loss) => ({ value: loss, gradient: one }));
		for (const [parameter, gradient] of backward(seeds, [head, table])) {
			if (!gradient) throw new Error(`no gradient reaches ${parameter.name}`);
			graph.output(`d ${parameter.name}`, gradient);
		}

		const [K, T] = [paths.length, Math.max(...paths.map((path) => path.states.length))];
		const of = (read: (path: Path) => readonly number[]) => pack(paths.map(read), [1, K, T]);
		const indices = (read: (path: Path) => readonly number[]) => {
			const { shape, data } = of(read);
			return { shape, data: BigInt64Array.from(data as Float32Array, BigInt) };
		};
		return new SoftmaxPolicy(
			await GraphSession.create(graph, { threads: 1 }),
			{
				states: indices((path) => path.states),
				actions: indices((path) => path.actions),
				reference: of((path) => path.referenceLogProbs),
				rewards: of((path) => path.rewards),
				mask: of((path) => path.states.map(() => 1)),
				shares: { shape: [1, K], data: Float32Array.from(paths, (path) => path.weight) },
			},
			{ head: [actions, D], values: [S, 1] },
		);
	}

	/** Losses and gradients at the given parameters. */
	async run({ head, values }: Parameters): Promise<PolicyStep> {
		const out = await this.session.run({
			...this.feeds,
			head: { shape: this.shape.head, data: head },
			table: { shape: this.shape.values, data: values },
		});
		const floats = (name: string) => out[name]?.data as Float32Array;
		return {
			policyLoss: floats("policy")[0] as number,
			valueLoss: floats("value")[0] as number,
			gradients: { head: floats("d head"), values: floats("d table") },
		};
	}

	async release(): Promise<void> {
		await this.session.release();
	}
}

/** Log-probabilities of every action, `features . head` normalised, in double precision. */
export function logPolicy(features: readonly number[], head: Float32Array, actions: number): number[] {
	const D = features.length;
	const logits = Array.from({ length: actions }, (_, a) =>
		features.reduce((sum, x, d) => sum + x * (head[a * D + d] as number), 0),
	);
	const normaliser = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
	return logits.map((z) => z - normaliser);
}
