import { beforeAll, describe, expect, it } from "vitest";
import { stepMetricsSchema } from "../contract/metrics.ts";
import type { RunConfigInput } from "../contract/resolve.ts";
import type { Parameters } from "./adamw.ts";
import { ofRole, type Role } from "./parameters.ts";
import { type TinyRun, tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories } from "./testing/trajectories.ts";
import type { TrainerState } from "./trainer.ts";

let run: TinyRun;
beforeAll(async () => {
	const source = await tinyModel();
	const trajectories = eightTrajectories();
	run = { source, trajectories, reference: await tinyReference(source, trajectories) };
});

const copy = (state: TrainerState): Parameters =>
	new Map([...state.parameters].map(([name, values]) => [name, values.slice()]));

/** Whether any tensor of a role differs between two sets of parameters. */
function moved(before: Parameters, after: Parameters, role: Role): boolean {
	return [...ofRole(after, role)].some(([name, values]) => {
		const old = before.get(name);
		return values.some((x, i) => x !== old?.[i]);
	});
}

/** Parameters at the start and after each of some steps, with each step's metrics. */
async function steps(input: RunConfigInput, count: number) {
	return withTrainer(run, tinyConfig(input), async (trainer) => {
		const history = [copy(trainer.state)];
		const metrics = [];
		for (let i = 0; i < count; i++) {
			metrics.push(await trainer.step());
			history.push(copy(trainer.state));
		}
		return { history, metrics, updates: trainer.state.optimizers };
	});
}

describe.each(["separate", "shared"] as const)("a %s value function", (valueFunction) => {
	it("is all that moves in the value warm-up", async () => {
		const { history, metrics, updates } = await steps({ valueFunction, valueWarmupEpochs: 2 }, 3);
		const [start, first, second, third] = history as [Parameters, Parameters, Parameters, Parameters];
		expect([moved(start, first, "policy"), moved(first, second, "policy")]).toEqual([false, false]);
		expect([moved(start, first, "value"), moved(first, second, "value")]).toEqual([true, true]);
		expect([moved(second, third, "policy"), moved(second, third, "value")]).toEqual([true, true]);
		expect([updates.policy.step, updates.value.step]).toEqual([1, 3]);
		expect(metrics.map((m) => m.phase)).toEqual(["value-warmup", "value-warmup", "train"]);
		expect(metrics.map((m) => m.policyLoss === null)).toEqual([true, true, false]);
		expect(metrics.map((m) => m.policyGradNorm === null)).toEqual([true, true, false]);
		expect(metrics.map((m) => m.lr)).toEqual([0, 0, 1e-3]);
		expect(metrics.map((m) => m.epoch)).toEqual([0, 0, 1]);
		for (const m of metrics) expect(stepMetricsSchema.parse(m)).toEqual(m);
		// The policy has not moved before the third step's own update, so it still is the reference.
		for (const { logRatioCorrect, klEstimate } of metrics) {
			expect(Math.abs(logRatioCorrect ?? Number.NaN)).toBeLessThan(1e-4);
			expect(Math.abs(klEstimate ?? Number.NaN)).toBeLessThan(1e-4);
		}
	});

	it("learns from its own loss, and the policy from its own", async () => {
		const parts = { valueFunction, warmupSteps: 0 } as const;
		const both = await steps(parts, 1);
		const policyAlone = await steps({ ...parts, valueLr: 0 }, 1);
		const valueAlone = await steps({ ...parts, lr: 0 }, 1);
		const ended = (s: typeof both) => s.history[1] as Parameters;
		const start = both.history[0] as Parameters;
		expect(moved(start, ended(policyAlone), "value")).toBe(false);
		expect(moved(start, ended(valueAlone), "policy")).toBe(false);
		expect(moved(ended(both), ended(policyAlone), "policy")).toBe(false);
		expect(moved(ended(both), ended(valueAlone), "value")).toBe(false);
		expect(moved(start, ended(both), "policy") && moved(start, ended(both), "value")).toBe(true);
	});
});

it("gives each network its own schedule: the policy's begins after the value warm-up", async () => {
	const input = { valueWarmupEpochs: 2, epochs: 4, warmupSteps: 2, schedule: "cosine", lr: 4e-3 } as const;
	const { metrics } = await steps(input, 6);
	const cosine = (progress: number) => 0.5 * (1 + Math.cos(Math.PI * progress));
	const policy = [0, 0, 0.5, 1, cosine(1 / 2), cosine(1)];
	const value = [0.5, 1, cosine(1 / 4), cosine(1 / 2), cosine(3 / 4), cosine(1)];
	metrics.forEach((m, i) => {
		expect(m.lr).toBeCloseTo(4e-3 * (policy[i] as number), 12);
		expect(m.valueLr).toBeCloseTo(1e-3 * (value[i] as number), 12);
	});
	// A run that is cut short follows the schedule of the whole one.
	const short = await steps({ ...input, maxSteps: 3 }, 3);
	expect(short.metrics.map((m) => m.lr)).toEqual(metrics.slice(0, 3).map((m) => m.lr));
});

it("starts a value function at zero and lowers its loss in the warm-up", async () => {
	const { metrics } = await steps({ valueWarmupEpochs: 6, valueLr: 1e-2 }, 6);
	expect([metrics[0]?.valueFirst, metrics[0]?.valueLast]).toEqual([0, 0]);
	expect(metrics[0]?.valueExplainedVariance).toBeCloseTo(0, 6);
	const losses = metrics.map((m) => m.valueLoss as number);
	expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
	expect(metrics.at(-1)?.valueExplainedVariance).toBeGreaterThan(0);
});

it("computes held-out losses without a change to anything", async () => {
	await withTrainer(run, tinyConfig({ valueWarmupEpochs: 1 }), async (trainer) => {
		const before = copy(trainer.state);
		const heldOut = await trainer.heldOut(run.trajectories, run.reference);
		expect(moved(before, trainer.state.parameters, "policy")).toBe(false);
		expect(moved(before, trainer.state.parameters, "value")).toBe(false);
		const warmUp = await trainer.step();
		expect(heldOut.valueLoss).toBeCloseTo(warmUp.valueLoss as number, 5);
		const trained = await trainer.heldOut(run.trajectories, run.reference);
		const step = await trainer.step();
		expect(trained.policyLoss).toBeCloseTo(step.policyLoss as number, 5);
		const correct = trained.lastValues.filter((v) => v.correct).length;
		expect([trained.lastValues.length, correct]).toEqual([8, 5]);
		const mean = trained.lastValues.reduce((sum, v) => sum + v.value, 0) / 8;
		expect(mean).toBeCloseTo(step.valueLast as number, 5);
	});
});
