import { describe, expect, it } from "vitest";
import { seeded } from "../autodiff/testing/random.ts";
import { type ArrayResult, evaluateLoss, type Trajectory } from "./testing/arrays.ts";
import { expectClose } from "./testing/close.ts";
import { randomTrajectories } from "./testing/random-trajectories.ts";

/** Three groups of up to four responses, of 1 to 6 tokens; the second group has two empty slots. */
const trajectories = randomTrajectories([3, 1, 6, 2, 4, 5, 1, 3, 6, 2], 9);
const slots: (Trajectory | null)[] = [
	...trajectories.slice(0, 4),
	...trajectories.slice(4, 6),
	null,
	null,
	...trajectories.slice(6),
];
const total = trajectories.length;
const settings = { beta: 0.3, lambda: 0.9 };

/** Large finite numbers of both signs, as an unmasked decoder might leave them. */
function garbage(seed: number): () => number {
	const random = seeded(seed);
	return () => 200 * (random() - 0.5);
}

function expectSame(actual: ArrayResult[], expected: ArrayResult): void {
	const added = (read: (r: ArrayResult) => number) => actual.reduce((sum, r) => sum + read(r), 0);
	expectClose([added((r) => r.policyLoss)], [expected.policyLoss], 1e-6);
	expectClose([added((r) => r.valueLoss)], [expected.valueLoss], 1e-6);
	const all = actual.flatMap((r) => r.trajectories);
	expect(all).toHaveLength(expected.trajectories.length);
	expected.trajectories.forEach((t, i) => {
		expectClose(all[i]?.returns ?? [], t.returns, 1e-6, `returns ${i}`);
		expectClose(all[i]?.gradLogProbs ?? [], t.gradLogProbs, 1e-6, `gradient in log-probs ${i}`);
		expectClose(all[i]?.gradValues ?? [], t.gradValues, 1e-6, `gradient in values ${i}`);
	});
}

for (const method of ["dqo", "sft"] as const) {
	describe(method, () => {
		it("never looks at padding", async () => {
			const clean = await evaluateLoss(method, settings, slots, { K: 4 });
			for (const seed of [1, 2]) {
				const padded = await evaluateLoss(method, settings, slots, { K: 4, padding: garbage(seed) });
				expect(padded).toEqual(clean);
				expect(padded.paddingGradient).toBe(0);
			}
			const wider = await evaluateLoss(method, settings, slots, { K: 4, T: 11, padding: garbage(3) });
			expectSame([wider], clean);
		});

		it("adds up over micro-batches to the whole step", async () => {
			const whole = await evaluateLoss(method, settings, slots, { K: 4 });
			const tokens = trajectories.reduce((sum, t) => sum + t.logProbs.length, 0);
			const shared = method === "sft" ? tokens : total;
			const runs = (sizes: number[], K: (size: number) => number) => {
				let start = 0;
				return Promise.all(
					sizes.map((size) => {
						const part = trajectories.slice(start, start + size);
						start += size;
						return evaluateLoss(method, settings, part, { K: K(size), total: shared });
					}),
				);
			};
			expectSame(await runs([4, 2, 4], (size) => size), whole);
			expectSame(await runs([7, 3], () => 1), whole);
			expectSame(await runs(Array<number>(total).fill(1), () => 1), whole);
		});
	});
}
