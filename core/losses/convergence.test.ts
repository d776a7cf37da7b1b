import { describe, expect, it } from "vitest";
import { seeded, uniform } from "../autodiff/testing/random.ts";
import { expectClose, relativeError } from "./testing/close.ts";
import { logPolicy, type Path, SoftmaxPolicy } from "./testing/softmax-policy.ts";
import { allPaths, randomTree, softOptimum } from "./testing/tree-mdp.ts";

it("moves the policy by the reward-weighted score function at theta = ref and V = 0", async () => {
	const [beta, actions] = [0.4, 3];
	const random = seeded(7);
	const features = Array.from({ length: 4 }, () => Array.from(uniform(random, 2, -1, 1)));
	const head = uniform(random, actions * 2, -1, 1);
	const response = (states: number[], taken: number[], reward: number): Path => ({
		states,
		actions: taken,
		rewards: states.map((_, h) => (h === states.length - 1 ? reward : 0)),
		referenceLogProbs: states.map((s, h) => logPolicy(features[s] ?? [], head, actions)[taken[h] ?? 0] ?? 0),
		weight: 1 / 3,
	});
	const paths = [
		response([0, 1, 3], [2, 0, 1], 1),
		response([0, 2], [1, 1], 0),
		response([3, 1, 2, 0], [0, 2, 2, 1], -0.5),
	];
	// With log pi = log pi_ref and V = 0 the residual at every token is minus the reward r that is still to come:
	// grad L_pi = -2 beta r sum_h grad log pi(a_h | s_h), and grad log pi(a | s) = (1[a] - pi(. | s)) features(s)^T.
	const expected = new Float64Array(head.length);
	for (const { states, actions: taken, rewards, weight } of paths) {
		const reward = rewards.at(-1) as number;
		states.forEach((s, h) => {
			const feature = features[s] ?? [];
			logPolicy(feature, head, actions).forEach((logProb, a) => {
				const score = (a === taken[h] ? 1 : 0) - Math.exp(logProb);
				feature.forEach((x, d) => {
					expected[a * 2 + d] = (expected[a * 2 + d] as number) - 2 * beta * reward * weight * score * x;
				});
			});
		});
	}
	const policy = await SoftmaxPolicy.create(features, actions, paths, { beta });
	const { gradients } = await policy.run({ head, values: new Float32Array(4) });
	await policy.release();
	expectClose(gradients.head, expected, 1e-5);
});

describe("DQO on a tree of responses that can be solved exactly", () => {
	const beta = 0.5;
	const mdp = randomTree(3, 3, 11);
	const paths = allPaths(mdp);
	const S = mdp.next.length;
	const A = mdp.actions;
	const optimum = softOptimum(mdp, beta);
	const identity = mdp.next.map((_, s) => mdp.next.map((_, d) => (s === d ? 1 : 0)));
	/** With one feature a state the head is the table of logits, transposed. */
	const headOf = (table: readonly (readonly number[])[]) =>
		Float32Array.from({ length: A * S }, (_, i) => table[i % S]?.[Math.floor(i / S)] as number);

	it("is a tree worth solving", () => {
		expect(paths).toHaveLength(15);
		expect(new Set(paths.map((path) => path.states.length))).toEqual(new Set([1, 2, 3]));
		expect(paths.reduce((sum, path) => sum + path.weight, 0)).toBeCloseTo(1, 12);
		const probabilities = (table: readonly (readonly number[])[]) => table.flat().map(Math.exp);
		expect(relativeError(probabilities(mdp.logReference), probabilities(optimum.logPolicy))).toBeGreaterThan(
			0.1,
		);
	});

	for (const lambda of [1, 0.5, 0]) {
		it(`has no loss and no gradient at the optimum, lambda ${lambda}`, async () => {
			const policy = await SoftmaxPolicy.create(identity, A, paths, { beta, lambda });
			const at = await policy.run({
				head: headOf(optimum.logPolicy),
				values: Float32Array.from(optimum.values),
			});
			await policy.release();
			expect(Math.max(at.policyLoss, at.valueLoss)).toBeLessThan(1e-10);
			for (const g of [...at.gradients.head, ...at.gradients.values]) expect(Math.abs(g)).toBeLessThan(1e-5);
		});

		it(`comes from the reference and V = 0 to the soft-optimal policy and values, lambda ${lambda}`, async () => {
			const policy = await SoftmaxPolicy.create(identity, A, paths, { beta, lambda });
			const head = headOf(mdp.logReference);
			const values = new Float32Array(S);
			const descend = (x: Float32Array, gradient: Float32Array, rate: number) => {
				for (const [i, g] of gradient.entries()) x[i] = (x[i] as number) - rate * g;
			};
			for (let step = 0; step < 4000; step++) {
				const { gradients } = await policy.run({ head, values });
				descend(head, gradients.head, 2);
				descend(values, gradients.values, 0.2);
			}
			await policy.release();
			const found = identity.map((feature) => logPolicy(feature, head, A));
			expectClose(found.flat().map(Math.exp), optimum.logPolicy.flat().map(Math.exp), 1e-3);
			expectClose(values, optimum.values, 1e-3);
		});
	}
});
