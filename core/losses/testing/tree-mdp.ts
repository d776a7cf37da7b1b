import { seeded } from "../../autodiff/testing/random.ts";
import type { Path } from "./softmax-policy.ts";

/** A tree of states: the last action ends the response, as EOS does; so does any action at the depth limit. */
export interface TreeMdp {
	readonly actions: number;
	/** Per state and action: the next state, null where the response ends. */
	readonly next: readonly (readonly (number | null)[])[];
	readonly rewards: readonly (readonly number[])[];
	readonly logReference: readonly (readonly number[])[];
}

/** A random tree with rewards in -1..1 on every edge and a random reference policy. */
export function randomTree(depth: number, actions: number, seed: number): TreeMdp {
	const random = seeded(seed);
	const next: (number | null)[][] = [];
	const rewards: number[][] = [];
	const logReference: number[][] = [];
	const grow = (left: number): number => {
		const state = next.push([]) - 1;
		rewards.push(Array.from({ length: actions }, () => 2 * random() - 1));
		const odds = Array.from({ length: actions }, () => 0.5 + random());
		const total = odds.reduce((a, b) => a + b);
		logReference.push(odds.map((p) => Math.log(p / total)));
		for (let a = 0; a < actions; a++) {
			next[state]?.push(left > 1 && a < actions - 1 ? grow(left - 1) : null);
		}
		return state;
	};
	grow(depth);
	return { actions, next, rewards, logReference };
}

/** Every response from the root, weighted by its probability under the reference. */
export function allPaths(mdp: TreeMdp): Path[] {
	const from = (state: number): Path[] =>
		Array.from({ length: mdp.actions }, (_, a) => {
			const reward = mdp.rewards[state]?.[a] as number;
			const logProb = mdp.logReference[state]?.[a] as number;
			const follows = mdp.next[state]?.[a] ?? null;
			const ended: Path = { states: [], actions: [], rewards: [], referenceLogProbs: [], weight: 1 };
			return (follows === null ? [ended] : from(follows)).map((rest) => ({
				states: [state, ...rest.states],
				actions: [a, ...rest.actions],
				rewards: [reward, ...rest.rewards],
				referenceLogProbs: [logProb, ...rest.referenceLogProbs],
				weight: Math.exp(logProb) * rest.weight,
			}));
		}).flat();
	return from(0);
}

/**
 * The optimum of `E[sum r] - beta KL(pi | pi_ref)` by backward induction: Q*(s, a) = r + V*(s'),
 * V*(s) = beta log sum_a pi_ref(a|s) exp(Q*(s, a) / beta), pi*(a|s) = pi_ref(a|s) exp((Q*(s, a) - V*(s)) / beta).
 */
export function softOptimum(mdp: TreeMdp, beta: number): { values: number[]; logPolicy: number[][] } {
	const values: number[] = [];
	const logPolicy: number[][] = [];
	const solve = (state: number): number => {
		const scores = Array.from({ length: mdp.actions }, (_, a) => {
			const follows = mdp.next[state]?.[a] ?? null;
			const q = (mdp.rewards[state]?.[a] as number) + (follows === null ? 0 : solve(follows));
			return (mdp.logReference[state]?.[a] as number) + q / beta;
		});
		const logNormaliser = Math.log(scores.reduce((sum, x) => sum + Math.exp(x), 0));
		logPolicy[state] = scores.map((x) => x - logNormaliser);
		values[state] = beta * logNormaliser;
		return values[state];
	};
	solve(0);
	return { values, logPolicy };
}
