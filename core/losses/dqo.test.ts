import { describe, expect, it } from "vitest";
import { evaluateLoss, type Trajectory } from "./testing/arrays.ts";
import { expectClose } from "./testing/close.ts";
import { randomTrajectories } from "./testing/random-trajectories.ts";

const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
const at = (xs: readonly number[], i: number) => xs[i] ?? 0;

/*
 * Worked by hand, beta = 1/2:
 *
 *            h        1      2      3
 *   log pi           -1     -2    -0.5
 *   log pi_ref      -1.5    -1    -0.7
 *   beta log ratio   0.25  -0.5    0.1     = d_h
 *   r                0.25    0     1
 *   rho = r - d      0      0.5    0.9
 *   V                0.4    0.6   -0.2
 *   log mu          -1.2   -1.9   -0.5     sum of log pi - log mu = 0.2 - 0.1 + 0 = 0.1, so w = e^0.1
 *
 * lambda = 1: G_3 = 0.9; G_2 = 0.5 + 0.9 = 1.4; G_1 = 0 + 1.4 = 1.4.
 *   G - V = 1.0, 0.8, 1.1.                                            L_V / w  = 1 + 0.64 + 1.21 = 2.85
 *   d_h - (r_h + G_{h+1} - V_h): 0.25 - (0.25 + 1.4 - 0.4) = -1; -0.5 - (0 + 0.9 - 0.6) = -0.8;
 *   0.1 - (1 + 0 + 0.2) = -1.1.                                       L_pi / w = 2.85, as it must be at lambda = 1
 *
 * lambda = 1/2: G_3 = 0.9 (V(s_4) = 0); G_2 = 0.5 + (-0.2) / 2 + 0.9 / 2 = 0.85; G_1 = 0 + 0.6 / 2 + 0.85 / 2 = 0.725.
 *   G - V = 0.325, 0.25, 1.1.                                         L_V / w  = 0.105625 + 0.0625 + 1.21 = 1.378125
 *   0.25 - (0.25 + 0.85 - 0.4) = -0.45; -0.8 and -1.1 as before.      L_pi / w = 0.2025 + 0.64 + 1.21 = 2.0525
 *
 * lambda = 0: G_3 = 0.9; G_2 = 0.5 - 0.2 = 0.3; G_1 = 0 + 0.6 = 0.6.
 *   G - V = 0.2, -0.3, 1.1.                                           L_V / w  = 0.04 + 0.09 + 1.21 = 1.34
 *   0.25 - (0.25 + 0.3 - 0.4) = 0.1; -0.8 and -1.1 as before.         L_pi / w = 0.01 + 0.64 + 1.21 = 1.86
 *
 * Gradients: dL_V / dV_h = -2 w (G_h - V_h), and dL_pi / dlog pi_h = 2 w beta residual_h = w residual_h.
 */
const worked: Trajectory = {
	logProbs: [-1, -2, -0.5],
	referenceLogProbs: [-1.5, -1, -0.7],
	behaviourLogProbs: [-1.2, -1.9, -0.5],
	rewards: [0.25, 0, 1],
	values: [0.4, 0.6, -0.2],
};
const solutions = [
	{ lambda: 1, returns: [1.4, 1.4, 0.9], policy: 2.85, value: 2.85, residuals: [-1, -0.8, -1.1] },
	{
		lambda: 0.5,
		returns: [0.725, 0.85, 0.9],
		policy: 2.0525,
		value: 1.378125,
		residuals: [-0.45, -0.8, -1.1],
	},
	{ lambda: 0, returns: [0.6, 0.3, 0.9], policy: 1.86, value: 1.34, residuals: [0.1, -0.8, -1.1] },
];

describe("DQO, worked by hand", () => {
	for (const { lambda, returns, policy, value, residuals } of solutions) {
		for (const importanceWeight of ["both", "policy", "value", "neither"] as const) {
			it(`lambda ${lambda}, weight on ${importanceWeight}`, async () => {
				const result = await evaluateLoss("dqo", { beta: 0.5, lambda, importanceWeight }, [worked]);
				const w = Math.exp(0.1);
				const onPolicy = importanceWeight === "both" || importanceWeight === "policy" ? w : 1;
				const onValue = importanceWeight === "both" || importanceWeight === "value" ? w : 1;
				const [trajectory] = result.trajectories;
				expectClose(trajectory?.returns ?? [], returns, 1e-6);
				expect(trajectory?.weight).toBeCloseTo(w, 6);
				expect(result.policyLoss).toBeCloseTo(onPolicy * policy, 5);
				expect(result.valueLoss).toBeCloseTo(onValue * value, 5);
				expectClose(
					trajectory?.gradLogProbs ?? [],
					residuals.map((r) => onPolicy * r),
					1e-6,
				);
				expectClose(
					trajectory?.gradValues ?? [],
					returns.map((g, h) => -2 * onValue * (g - at(worked.values, h))),
					1e-6,
				);
			});
		}
	}

	it("caps the weight at e, and has no floor", async () => {
		// Lowering one log mu by 2.9 raises the sum from 0.1 to 3; raising it by 3.1 lowers the sum to -3.
		const moved = (by: number): Trajectory => ({ ...worked, behaviourLogProbs: [-1.2 + by, -1.9, -0.5] });
		const result = await evaluateLoss("dqo", { beta: 0.5 }, [moved(-2.9), moved(3.1)], { total: 1 });
		const weights = [Math.E, Math.exp(-3)];
		result.trajectories.forEach((trajectory, i) => {
			const w = weights[i] as number;
			expect(trajectory.weight).toBeCloseTo(w, 5);
			expect(trajectory.policyLoss[0]).toBeCloseTo(w * 2.85, 5);
			expectClose(trajectory.gradLogProbs, [-w, -0.8 * w, -1.1 * w], 1e-6);
		});
	});

	it("is a mean over trajectories, and a sum over the tokens of each", async () => {
		// A second response of one token: d = 0.5 (0 + 2) = 1, r = 0, V = 0: G = -1, both residuals 1 in square.
		const short: Trajectory = {
			logProbs: [0],
			referenceLogProbs: [-2],
			behaviourLogProbs: [0],
			rewards: [0],
			values: [0],
		};
		const result = await evaluateLoss("dqo", { beta: 0.5, importanceWeight: "neither" }, [worked, short]);
		expect(result.policyLoss).toBeCloseTo((2.85 + 1) / 2, 5);
		expect(result.valueLoss).toBeCloseTo((2.85 + 1) / 2, 5);
		expect(result.paddingGradient).toBe(0);
	});
});

describe("the lambda-return", () => {
	const beta = 0.7;
	const trajectories = randomTrajectories([1, 2, 3, 5, 8], 3);
	const rho = ({ rewards, referenceLogProbs, logProbs }: Trajectory) =>
		rewards.map((r, h) => beta * (at(referenceLogProbs, h) - at(logProbs, h)) + r);
	/** `rho_h + ... + rho_{h+n-1} + V(s_{h+n})`, with V = 0 after the last token. */
	const nStep = (t: Trajectory, h: number, n: number) => sum(rho(t).slice(h, h + n)) + at(t.values, h + n);

	const returnsAt = async (lambda: number) =>
		(await evaluateLoss("dqo", { beta, lambda }, trajectories)).trajectories.map(({ returns }) => returns);

	it("is the plain suffix sum at lambda = 1", async () => {
		(await returnsAt(1)).forEach((returns, i) => {
			const all = rho(trajectories[i] as Trajectory);
			expectClose(
				returns,
				all.map((_, h) => sum(all.slice(h))),
				1e-6,
			);
		});
	});

	it("is one-step temporal difference at lambda = 0", async () => {
		(await returnsAt(0)).forEach((returns, i) => {
			const t = trajectories[i] as Trajectory;
			expectClose(
				returns,
				rho(t).map((x, h) => x + at(t.values, h + 1)),
				1e-6,
			);
		});
	});

	for (const lambda of [0.1, 0.5, 0.95]) {
		it(`is the weighted mean of the n-step returns at lambda = ${lambda}`, async () => {
			(await returnsAt(lambda)).forEach((returns, i) => {
				const t = trajectories[i] as Trajectory;
				const H = t.rewards.length;
				const expected = t.rewards.map((_, h) => {
					const left = H - h;
					let total = lambda ** (left - 1) * nStep(t, h, left);
					for (let n = 1; n < left; n++) total += (1 - lambda) * lambda ** (n - 1) * nStep(t, h, n);
					return total;
				});
				expectClose(returns, expected, 1e-6);
			});
		});
	}

	it("makes both losses one number at lambda = 1 when the weight is on both or on neither", async () => {
		for (const importanceWeight of ["both", "neither"] as const) {
			const result = await evaluateLoss("dqo", { beta, importanceWeight }, trajectories);
			expectClose([result.policyLoss], [result.valueLoss], 1e-6);
			for (const t of result.trajectories) expectClose(t.policyLoss, t.valueLoss, 1e-6);
		}
		const apart = await evaluateLoss("dqo", { beta, lambda: 0.5 }, trajectories);
		expect(Math.abs(apart.policyLoss / apart.valueLoss - 1)).toBeGreaterThan(0.01);
	});
});

it("is twice DRO when responses have one token, whatever lambda is", async () => {
	// DRO, with the response y as one action: L = 1/2 sum (r(x, y) - V(x) - beta log(pi(y|x) / pi_ref(y|x)))^2.
	const beta = 0.4;
	const trajectories = randomTrajectories([1, 1, 1, 1, 1, 1], 5);
	const errors = trajectories.map(
		(t) => at(t.rewards, 0) - at(t.values, 0) - beta * (at(t.logProbs, 0) - at(t.referenceLogProbs, 0)),
	);
	const dro = sum(errors.map((e) => e ** 2 / 2));
	for (const lambda of [1, 0.3, 0]) {
		const settings = { beta, lambda, importanceWeight: "neither" } as const;
		const result = await evaluateLoss("dqo", settings, trajectories, { K: 2, total: 1 });
		expectClose([result.policyLoss, result.valueLoss], [2 * dro, 2 * dro], 1e-6);
		expectClose(
			result.trajectories.flatMap((t) => t.gradLogProbs),
			errors.map((e) => 2 * -beta * e),
			1e-6,
		);
		expectClose(
			result.trajectories.flatMap((t) => t.gradValues),
			errors.map((e) => 2 * -e),
			1e-6,
		);
	}
});
