import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluateLoss, type Settings, type Trajectory } from "./testing/arrays.ts";
import { expectClose } from "./testing/close.ts";

interface Fixture {
	trajectories: {
		logp: number[];
		referenceLogp: number[];
		behaviourLogp: number[];
		value: number[];
		outcomeReward: number;
		processRewards: number[];
	}[];
	cases: {
		lambda: number;
		beta: number;
		weightOn: NonNullable<Settings["importanceWeight"]>;
		processRewards: boolean;
		behaviour: "reference" | "data";
		policyLossMean: number;
		valueLossMean: number;
		trajectories: {
			returns: number[];
			weight: number;
			policyLoss: number;
			valueLoss: number;
			gradLogp: number[];
			gradValue: number[];
		}[];
	}[];
}

const TOLERANCE = 1e-5;
const file = new URL("../../fixtures/dqo/losses.json", import.meta.url);
const { trajectories, cases }: Fixture = JSON.parse(readFileSync(file, "utf8"));

describe("DQO has the numbers of PyTorch", () => {
	it("on many cases", () => expect(cases.length).toBeGreaterThan(60));

	for (const c of cases) {
		const { lambda, beta, weightOn, processRewards, behaviour } = c;
		const title = `lambda ${lambda}, beta ${beta}, weight on ${weightOn}, process rewards ${processRewards}, behaviour ${behaviour}`;
		it(title, async () => {
			const batch = trajectories.map((t): Trajectory => {
				const last = t.logp.length - 1;
				return {
					logProbs: t.logp,
					referenceLogProbs: t.referenceLogp,
					behaviourLogProbs: behaviour === "data" ? t.behaviourLogp : t.referenceLogp,
					values: t.value,
					rewards: t.processRewards.map(
						(r, h) => (processRewards ? r : 0) + (h === last ? t.outcomeReward : 0),
					),
				};
			});
			const result = await evaluateLoss("dqo", { beta, lambda, importanceWeight: weightOn }, batch);
			expectClose([result.policyLoss], [c.policyLossMean], TOLERANCE);
			expectClose([result.valueLoss], [c.valueLossMean], TOLERANCE);
			expect(result.trajectories).toHaveLength(c.trajectories.length);
			for (const [i, expected] of c.trajectories.entries()) {
				const actual = result.trajectories[i];
				if (!actual) throw new Error(`no result for trajectory ${i}`);
				expectClose(actual.returns, expected.returns, TOLERANCE, `returns ${i}`);
				expectClose([actual.weight], [expected.weight], TOLERANCE, `weight ${i}`);
				expectClose(actual.policyLoss, [expected.policyLoss], TOLERANCE, `policy loss ${i}`);
				expectClose(actual.valueLoss, [expected.valueLoss], TOLERANCE, `value loss ${i}`);
				expectClose(actual.gradLogProbs, expected.gradLogp, TOLERANCE, `gradient in log-probs ${i}`);
				expectClose(actual.gradValues, expected.gradValue, TOLERANCE, `gradient in values ${i}`);
			}
		});
	}
});
