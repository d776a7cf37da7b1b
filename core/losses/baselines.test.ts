import { describe, expect, it } from "vitest";
import { losses } from "./index.ts";
import { evaluateLoss, type Trajectory } from "./testing/arrays.ts";
import { expectClose } from "./testing/close.ts";
import { randomTrajectories } from "./testing/random-trajectories.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const same = (length: number, x: number) => Array<number>(length).fill(x);

/** A response whose tokens have these log-ratios to the reference. */
function ratios(logRatios: readonly number[], more: Partial<Trajectory> = {}): Trajectory {
	const zeros = logRatios.map(() => 0);
	return {
		logProbs: logRatios.map((x) => x - 2),
		referenceLogProbs: logRatios.map(() => -2),
		rewards: zeros,
		values: zeros,
		...more,
	};
}
/** A response of one token whose log-prob is exactly `x` away from the reference's. */
const exactly = (x: number): Trajectory => ({
	logProbs: [x],
	referenceLogProbs: [0],
	rewards: [0],
	values: [0],
});

/*
 * Worked by hand, beta = 1/2. S - S_ref sums the tokens' log-ratios:
 *
 *   chosen:    0.5 + 1.5 - 1 = 1        rejected:    -2 + 1 = -1
 *   D = 1 - (-1) = 2, beta D = 1
 *
 *   L            = -log sigmoid(1) = log(1 + 1/e) = 0.313262
 *   dL/dS_chosen = -beta sigmoid(-1) = -0.134471, and the opposite for the rejected; each token has the sum's gradient.
 *
 * With label smoothing 1/4, and -log sigmoid(-1) = log(1 + e) = 1.313262:
 *   L            = 3/4 * 0.313262 + 1/4 * 1.313262 = 0.313262 + 1/4 = 0.563262
 *   dL/dS_chosen = -beta (3/4 sigmoid(-1) - 1/4 sigmoid(1)) = -(0.201706 - 0.182765) / 2 = -0.009471
 */
describe("DPO, worked by hand", () => {
	const pair = [ratios([0.5, 1.5, -1]), ratios([-2, 1])];
	const cases = [
		{ labelSmoothing: 0, loss: 0.3132617, gradient: -0.1344707 },
		{ labelSmoothing: 0.25, loss: 0.5632617, gradient: -0.0094707 },
	];
	it.each(cases)("label smoothing $labelSmoothing", async ({ labelSmoothing, loss, gradient }) => {
		const settings = { beta: 0.5, labelSmoothing };
		const garbage = () => 1e3;
		const result = await evaluateLoss("dpo", settings, pair, { T: 5, padding: garbage });
		const [chosen, rejected] = result.trajectories;
		expect(result.policyLoss).toBeCloseTo(loss, 6);
		expectClose(chosen?.gradLogProbs ?? [], same(3, gradient), 2e-5);
		expectClose(rejected?.gradLogProbs ?? [], same(2, -gradient), 2e-5);
		expect([result.paddingGradient, result.valueLoss]).toEqual([0, 0]);
	});

	it("is log 2 at the reference, whatever the responses, and a mean over pairs", async () => {
		const two = [...pair, ratios([0]), ratios([0, 0, 0])];
		const result = await evaluateLoss("dpo", { beta: 0.5 }, two);
		expect(result.trajectories[2]?.policyLoss[0]).toBeCloseTo(Math.LN2, 6);
		expect(result.policyLoss).toBeCloseTo((0.3132617 + Math.LN2) / 2, 6);
	});

	it("neither overflows nor loses small values at margins up to 1000", async () => {
		// -log sigmoid(m) is 0 (e^-1000) at 1000, 1000 at -1000, and e^-20 = 2.0611536e-9 at 20.
		const margins = [1000, -1000, 20, -20, 0];
		const slots = margins.flatMap((m) => [exactly(m), exactly(0)]);
		const { trajectories } = await evaluateLoss("dpo", { beta: 1 }, slots, { total: 1 });
		const chosen = trajectories.filter((_, i) => i % 2 === 0);
		const found = chosen.flatMap((t) => t.policyLoss);
		expect(found[0]).toBeCloseTo(0, 12);
		expect(found[1]).toBe(1000);
		expectClose([found[3] as number, found[4] as number], [20, Math.LN2], 1e-6);
		// Added to 1 in single precision, e^-20 is lost; it is far below what the step's sum can hold.
		expect(Math.abs((found[2] as number) - Math.exp(-20))).toBeLessThan(1e-8);
		expectClose(
			chosen.flatMap((t) => t.gradLogProbs),
			margins.map((m) => -sigmoid(-m)),
			1e-6,
		);
		const smoothed = await evaluateLoss("dpo", { beta: 1, labelSmoothing: 0.1 }, slots, { total: 1 });
		expectClose(
			smoothed.trajectories.slice(0, 3).flatMap((t) => t.policyLoss),
			[100, 100, 900],
			1e-6,
		);
		for (const t of smoothed.trajectories) expect(t.gradLogProbs.every(Number.isFinite)).toBe(true);
	});
});

/*
 * Worked by hand, beta = 1/2, w_D = 2, w_U = 3:
 *
 *   desirable:   rho = 1.5 + 0.5 = 2         undesirable: rho = -1 + 0.5 = -0.5
 *
 * z0 = 1:
 *   2 (1 - sigmoid(0.5 (2 - 1)))    = 2 sigmoid(-0.5)  = 0.755081
 *   3 (1 - sigmoid(0.5 (1 + 0.5)))  = 3 sigmoid(-0.75) = 0.962464
 * z0 = 0:
 *   2 (1 - sigmoid(0.5 * 2))        = 2 sigmoid(-1)    = 0.537883
 *   3 (1 - sigmoid(0.5 * 0.5))      = 3 sigmoid(-0.25) = 1.313470
 *
 * With s the gain's sigmoid, dL/drho = -w_D beta s (1 - s) of a desirable response and +w_U beta s (1 - s) of an
 * undesirable one: at z0 = 1, -0.235004 and 0.326842; at z0 = 0, -0.196612 and 0.369201.
 */
describe("KTO, worked by hand", () => {
	const slots = [ratios([1.5, 0.5], { correct: true }), ratios([-1, 0.5], { correct: false }), null, null];
	const settings = { beta: 0.5, desirableWeight: 2, undesirableWeight: 3 };
	it.each([
		{ z0: 1, expected: [0.7550813, 0.9624639], gradients: [-0.2350037, 0.3268425] },
		{ z0: 0, expected: [0.5378828, 1.3134703], gradients: [-0.1966119, 0.3692011] },
	])("z0 = $z0", async ({ z0, expected, gradients }) => {
		const options = { K: 2, T: 4, padding: () => 1e3, baseline: z0, total: 1 };
		const { policyLoss, trajectories, paddingGradient } = await evaluateLoss("kto", settings, slots, options);
		expectClose(
			trajectories.flatMap((t) => t.policyLoss),
			expected,
			1e-6,
		);
		expect(policyLoss).toBeCloseTo((expected[0] as number) + (expected[1] as number), 5);
		trajectories.forEach((t, i) => {
			expectClose(t.gradLogProbs, same(2, gradients[i] as number), 2e-6);
		});
		expect(paddingGradient).toBe(0);
	});

	it("stays finite far from the reference", async () => {
		const far = [1000, -1000].flatMap((x) => [true, false].map((correct) => ({ ...exactly(x), correct })));
		const { trajectories } = await evaluateLoss("kto", { beta: 1 }, far);
		expectClose(
			trajectories.flatMap((t) => t.policyLoss),
			[0, 1, 1, 0],
			1e-6,
		);
		for (const t of trajectories) expect(t.gradLogProbs[0]).toBeCloseTo(0, 6);
	});
});

/*
 * Worked by hand, beta = 1/2:
 *
 *   log-ratios 1, 0.5, -0.25: S - S_ref = 1.25, times beta 0.625
 *   rewards 0, 0.25, 1: r = 1.25        V = 0.4 at the first token (0.9 and -3 later do not count)
 *   residual = 1.25 - 0.4 - 0.625 = 0.225, both losses 0.050625
 *   dL_pi / dlog pi_h = -2 beta residual = -0.225 at every token;  dL_V / dV_1 = -2 residual = -0.45, 0 later
 */
describe("DRO, worked by hand", () => {
	const worked = ratios([1, 0.5, -0.25], { rewards: [0, 0.25, 1], values: [0.4, 0.9, -3] });

	it("reads V at the first token, and moves the policy by the one loss and V by the other", async () => {
		const slots = [worked, null];
		const options = { K: 2, T: 6, padding: () => 1e3 };
		const result = await evaluateLoss("dro", { beta: 0.5 }, slots, options);
		const [t] = result.trajectories;
		expect(result.policyLoss).toBeCloseTo(0.050625, 6);
		expect(result.valueLoss).toBeCloseTo(0.050625, 6);
		// Both losses are seeded: were V not stopped in the policy's, its gradient would be twice as large, and so would
		// the policy's be from the value's.
		expectClose(t?.gradLogProbs ?? [], [-0.225, -0.225, -0.225], 1e-5);
		expectClose(t?.gradValues ?? [], [-0.45, 0, 0], 1e-5);
		expect(result.paddingGradient).toBe(0);
	});

	it("has no importance weight, whoever wrote the response", async () => {
		const other = { ...worked, behaviourLogProbs: [-9, -9, -9] };
		const result = await evaluateLoss("dro", { beta: 0.5, importanceWeight: "both" }, [other]);
		expect(result.policyLoss).toBeCloseTo(0.050625, 6);
	});

	it("works with responses of one token", async () => {
		const result = await evaluateLoss("dro", { beta: 0.5 }, [{ ...exactly(1), values: [2], rewards: [1] }]);
		// 1 - 2 - 0.5 = -1.5.
		expect(result.policyLoss).toBeCloseTo(2.25, 6);
		expect(result.trajectories[0]?.gradLogProbs[0]).toBeCloseTo(1.5, 6);
		expect(result.trajectories[0]?.gradValues[0]).toBeCloseTo(3, 6);
	});
});

it("RS is SFT, on the correct rows", async () => {
	const batch = randomTrajectories([2, 5, 1]);
	const [rs, sft] = await Promise.all([evaluateLoss("rs", {}, batch), evaluateLoss("sft", {}, batch)]);
	expect(rs).toEqual(sft);
	expect([losses.rs.rows, losses.sft.rows]).toEqual(["correct", "responses"]);
});
