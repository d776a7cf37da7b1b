import { expect, it } from "vitest";
import { evaluateLoss, type Trajectory } from "./testing/arrays.ts";
import { expectClose } from "./testing/close.ts";

const response = (logProbs: number[]): Trajectory => ({
	logProbs,
	referenceLogProbs: logProbs,
	rewards: logProbs.map(() => 0),
	values: logProbs.map(() => 0),
});

it("SFT is the mean of -log pi over all response tokens, not over responses", async () => {
	// Tokens -0.5, -1.5 and -4: (0.5 + 1.5 + 4) / 3 = 2. A mean of means would be (1 + 4) / 2 = 2.5.
	const garbage = () => 1e3;
	const batch = [response([-0.5, -1.5]), response([-4]), null, null];
	const result = await evaluateLoss("sft", {}, batch, { K: 2, T: 5, padding: garbage });
	expect(result.policyLoss).toBeCloseTo(2, 6);
	expect(result.valueLoss).toBe(0);
	expectClose(result.trajectories[0]?.policyLoss ?? [], [0.5, 1.5], 1e-6);
	for (const { gradLogProbs } of result.trajectories)
		expectClose(
			gradLogProbs,
			gradLogProbs.map(() => -1 / 3),
			1e-6,
		);
	expect(result.paddingGradient).toBe(0);
});
