import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluateLoss, type Trajectory } from "./testing/arrays.ts";
import { expectClose } from "./testing/close.ts";

interface Fixture {
	dpo: Record<"chosen" | "rejected" | "referenceChosen" | "referenceRejected", number[]> & {
		cases: {
			beta: number;
			labelSmoothing: number;
			losses: number[];
			mean: number;
			gradChosen: number[];
			gradRejected: number[];
		}[];
	};
	kto: {
		logp: number[];
		referenceLogp: number[];
		desirable: boolean[];
		cases: {
			beta: number;
			desirableWeight: number;
			undesirableWeight: number;
			z0: number;
			mismatchedLogp: number[];
			mismatchedReferenceLogp: number[];
			losses: number[];
			mean: number;
			gradLogp: number[];
		}[];
	};
	dro: Record<"logp" | "referenceLogp" | "value" | "reward", number[]> & {
		cases: { beta: number; losses: number[]; mean: number; gradLogp: number[]; gradValue: number[] }[];
	};
}

const TOLERANCE = 1e-5;
const file = new URL("../../fixtures/baselines/losses.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));

/** A number as the sum of `count` tokens', none of them rounded: the fixture holds sums over responses. */
const spread = (sum: number, count: number) =>
	Array.from({ length: count }, (_, i) => (i === 0 ? sum + count - 1 : -1));

/** The i-th response, of one, two or three tokens. */
function response(logp: number, reference: number, i: number, more: Partial<Trajectory> = {}): Trajectory {
	const H = 1 + (i % 3);
	const zeros = Array<number>(H).fill(0);
	return {
		logProbs: spread(logp, H),
		referenceLogProbs: spread(reference, H),
		rewards: zeros,
		values: zeros,
		...more,
	};
}

/** Gradients of a response's tokens, which are all the same because only their sum counts. */
function expectSumGradients(actual: readonly (readonly number[])[], expected: readonly number[]): void {
	for (const [t] of [[0], [1], [2]] as const) {
		const reaching = actual.flatMap((tokens, i) => (t < tokens.length ? [i] : []));
		expectClose(
			reaching.map((i) => actual[i]?.[t] as number),
			reaching.map((i) => expected[i] as number),
			TOLERANCE,
			`token ${t}`,
		);
	}
}

describe("DPO has the numbers of TRL", () => {
	const { chosen, rejected, referenceChosen, referenceRejected, cases } = fixture.dpo;
	const slots = chosen.flatMap((c, i) => [
		response(c, referenceChosen[i] as number, i),
		response(rejected[i] as number, referenceRejected[i] as number, i + 1),
	]);
	it.each(cases)("beta $beta, label smoothing $labelSmoothing", async (c) => {
		const { beta, labelSmoothing } = c;
		const { policyLoss, trajectories } = await evaluateLoss("dpo", { beta, labelSmoothing }, slots);
		expectClose([policyLoss], [c.mean], TOLERANCE);
		const sides = [0, 1].map((side) => trajectories.filter((_, i) => i % 2 === side));
		for (const side of sides)
			expectClose(
				side.flatMap((t) => t.policyLoss),
				c.losses,
				TOLERANCE,
			);
		expectSumGradients(sides[0]?.map((t) => t.gradLogProbs) ?? [], c.gradChosen);
		expectSumGradients(sides[1]?.map((t) => t.gradLogProbs) ?? [], c.gradRejected);
	});
});

describe("KTO has the numbers of TRL", () => {
	const { logp, referenceLogp, desirable, cases } = fixture.kto;
	const slots = logp.map((x, i) =>
		response(x, referenceLogp[i] as number, i, { correct: desirable[i] as boolean }),
	);
	it.each(cases)("z0 $z0, weights $desirableWeight and $undesirableWeight", async (c) => {
		const { beta, desirableWeight, undesirableWeight, z0 } = c;
		const ratios = c.mismatchedLogp.map((x, i) => x - (c.mismatchedReferenceLogp[i] as number));
		expect(z0).toBe(Math.max(0, ratios.reduce((a, b) => a + b) / ratios.length));
		const settings = { beta, desirableWeight, undesirableWeight };
		const { policyLoss, trajectories } = await evaluateLoss("kto", settings, slots, { baseline: z0 });
		expectClose([policyLoss], [c.mean], TOLERANCE);
		expectClose(
			trajectories.flatMap((t) => t.policyLoss),
			c.losses,
			TOLERANCE,
		);
		expectSumGradients(
			trajectories.map((t) => t.gradLogProbs),
			c.gradLogp,
		);
	});
	it("with z0 positive and with z0 clipped to 0", () => {
		expect(cases.map((c) => c.z0 > 0)).toEqual([true, false]);
	});
});

describe("DRO has the numbers of PyTorch", () => {
	const { logp, referenceLogp, value, reward, cases } = fixture.dro;
	// V counts at the first token alone, and of the rewards their sum.
	const slots = logp.map((x, i) => {
		const H = 1 + (i % 3);
		const values = Array.from({ length: H }, (_, t) => (t === 0 ? (value[i] as number) : 10 * t));
		return response(x, referenceLogp[i] as number, i, { values, rewards: spread(reward[i] as number, H) });
	});
	it.each(cases)("beta $beta", async (c) => {
		const { policyLoss, valueLoss, trajectories } = await evaluateLoss("dro", { beta: c.beta }, slots);
		expectClose([policyLoss, valueLoss], [c.mean, c.mean], TOLERANCE);
		for (const loss of ["policyLoss", "valueLoss"] as const)
			expectClose(
				trajectories.flatMap((t) => t[loss]),
				c.losses,
				TOLERANCE,
			);
		expectSumGradients(
			trajectories.map((t) => t.gradLogProbs),
			c.gradLogp,
		);
		expectClose(
			trajectories.flatMap((t) => t.gradValues),
			trajectories.flatMap((t, i) => t.gradValues.map((_, h) => (h === 0 ? (c.gradValue[i] as number) : 0))),
			TOLERANCE,
		);
	});
});
