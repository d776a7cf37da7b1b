import { describe, expect, it } from "vitest";
import type { RunConfigInput } from "../contract/resolve.ts";
import { expectClose } from "../losses/testing/close.ts";
import { END_TO_END, readFixture } from "../losses/testing/end-to-end.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { globalNorm, newAdamWState, type Parameters } from "./adamw.ts";
import { ofRole, type Role } from "./parameters.ts";
import { FIXTURES, type TinyRun, tinyConfig, tinyModel, withTrainer } from "./testing/tiny.ts";
import { trajectory } from "./testing/trajectories.ts";

/** A batch of the fixtures as a run: its policy and value networks in the middle of training. */
async function fixtureRun(name: string) {
	const fixture = readFixture(name);
	const parameters: Parameters = new Map();
	const adapters = { policy: fixture.policyAdapter, value: fixture.valueAdapter };
	for (const [role, adapter] of Object.entries(adapters)) {
		if (adapter === null) continue;
		const { tensors } = openSafetensors(`${FIXTURES}adapters/${adapter}/adapter_model.safetensors`);
		for (const [tensor, source] of tensors)
			parameters.set(tensor.replace("base_model.model.", `${role}:`), source.load());
	}
	parameters.set(
		"value:score.weight",
		fixture.tensors.get("value_head.weight")?.load() ?? new Float32Array(),
	);
	const numbers = new Map(
		fixture.trajectories.map((t, row) => [
			trajectory(row, t.prompt, t.response, {
				rewards: Float32Array.from(t.rewards),
				behaviour: Float32Array.from(t.behaviourLogp),
			}),
			Float32Array.from(t.referenceLogp),
		]),
	);
	const optimizer = (role: Role) => newAdamWState(ofRole(parameters, role));
	const state = {
		step: 0,
		parameters,
		optimizers: { policy: optimizer("policy"), value: optimizer("value") },
		lossWatch: { lowest: null, high: 0 },
		lossScale: null,
	};
	const reference: TinyRun["reference"] = (t) => numbers.get(t) ?? new Float32Array();
	const source = await tinyModel(fixture.model);
	return { fixture, run: { source, trajectories: [...numbers.keys()], reference, state } };
}

describe.each(END_TO_END)("%s", (name) => {
	it.each([1, 1000])("has PyTorch's losses and gradient norms in micro-batches of %d tokens", async (n) => {
		const { fixture, run } = await fixtureRun(name);
		const { beta, lambda, weightOn: importanceWeight, trajectories } = fixture;
		const input: RunConfigInput = { beta, lambda, importanceWeight, microTokens: n };
		const valueFunction = fixture.valueAdapter === null ? "shared" : "separate";
		const config = tinyConfig({
			...input,
			valueFunction,
			globalBatch: 6,
			clipNorm: 0.01,
			valueClipNorm: 0.01,
		});
		const metrics = await withTrainer(run, config, (trainer) => trainer.step());
		const norm = (role: Role) =>
			globalNorm(
				new Map(
					[...fixture.tensors].flatMap(([tensor, source]) =>
						tensor.startsWith(`${role}.grad.`) ? [[tensor, source.load()]] : [],
					),
				),
			);
		const check = (actual: number | null, expected: number, label: string) =>
			expectClose([actual ?? Number.NaN], [expected], 1e-4, label);
		check(metrics.policyLoss, fixture.policyLoss, "policy loss");
		check(metrics.valueLoss, fixture.valueLoss, "value loss");
		check(metrics.policyGradNorm, norm("policy"), "policy gradient norm");
		check(metrics.valueGradNorm, norm("value"), "value gradient norm");
		const weights = trajectories.reduce((sum, t) => sum + t.weight, 0) / trajectories.length;
		check(metrics.importanceWeightMean, weights, "importance weight");
		const capped = trajectories.filter((t) => Math.abs(t.weight - Math.E) < 1e-6).length;
		expect(metrics.importanceWeightClippedShare).toBeCloseTo(capped / trajectories.length, 12);
	});
});
