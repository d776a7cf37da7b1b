import { describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { type TinyRun, tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories } from "./testing/trajectories.ts";
import { Watchdog } from "./watchdog.ts";

const sound = new Map([["policy:a", Float32Array.of(1, 2)]]);
const losses = (policyLoss: number | null, valueLoss: number | null = null) => ({ policyLoss, valueLoss });

/** The error that something throws. */
async function thrownBy(action: () => unknown): Promise<AppError> {
	try {
		await action();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error("nothing was thrown");
}

describe("Watchdog", () => {
	it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
		"stops at a %d loss",
		async (x) => {
			const policy = await thrownBy(() => new Watchdog().check(3, losses(x, 1), sound));
			expect(policy.code).toBe("diverged");
			expect(policy.message).toMatch(/step 3: the policy loss is no longer finite/);
			const value = await thrownBy(() => new Watchdog().check(4, losses(null, x), sound));
			expect(value.message).toMatch(/step 4: the value loss is no longer finite/);
		},
	);

	it("names the tensors whose gradients are not finite, the first in words and all in the details", async () => {
		const names = Array.from({ length: 7 }, (_, i) => `policy:t${i}`);
		const gradients = new Map([...sound, ...names.map((n) => [n, Float32Array.of(0, Number.NaN)] as const)]);
		const error = await thrownBy(() => new Watchdog().check(9, losses(1), gradients));
		expect(error.message).toContain("7 gradients (the first that of policy:t0) are no longer finite");
		expect(error.details).toEqual({ step: 9, tensors: names });
		expect(error.hint).toMatch(/learning rate/);
	});

	it("stops when the loss stays a thousand times above its lowest for ten steps in a row", async () => {
		const watchdog = new Watchdog();
		watchdog.check(1, losses(0.01, 0.01), sound);
		for (let step = 2; step <= 10; step++) watchdog.check(step, losses(200, 100), sound);
		// One step back near the lowest, and counting begins anew.
		watchdog.check(11, losses(0.02, 0.02), sound);
		for (let step = 12; step <= 20; step++) watchdog.check(step, losses(200, 100), sound);
		const error = await thrownBy(() => watchdog.check(21, losses(200, 100), sound));
		expect(error.code).toBe("diverged");
		expect(error.message).toMatch(/step 21: the loss was above 1000 times its lowest for 10 steps/);
	});

	it("is not alarmed by a sound loss after steps without a correct response, whose loss is nearly nothing", () => {
		const watchdog = new Watchdog();
		for (let step = 1; step <= 5; step++) watchdog.check(step, losses(0, 1e-9), sound);
		for (let step = 6; step <= 60; step++) watchdog.check(step, losses(6, 12), sound);
	});

	it("goes on with what another one has seen", async () => {
		const first = new Watchdog();
		first.check(1, losses(0.01), sound);
		for (let step = 2; step <= 6; step++) first.check(step, losses(200), sound);
		expect(first.seen).toEqual({ lowest: 0.01, high: 5 });
		const second = new Watchdog({ ...first.seen });
		for (let step = 7; step <= 10; step++) second.check(step, losses(200), sound);
		expect((await thrownBy(() => second.check(11, losses(200), sound))).message).toContain("step 11:");
	});

	it("lets a loss rise that is small in itself, and one that was always large", () => {
		const small = new Watchdog();
		const large = new Watchdog();
		expect(() => {
			for (let step = 1; step <= 40; step++) {
				small.check(step, losses(step < 5 ? 0 : 0.9), sound);
				large.check(step, losses(1e6 * step), sound);
			}
		}).not.toThrow();
	});
});

describe("a run that diverges", () => {
	async function tinyRun(poisoned?: string): Promise<TinyRun> {
		const source = await tinyModel();
		const tensors = new Map(source.tensors);
		const tensor = poisoned === undefined ? undefined : tensors.get(poisoned);
		if (poisoned !== undefined && tensor) {
			const load = () => tensor.load().fill(Number.NaN, 0, 1);
			tensors.set(poisoned, { shape: tensor.shape, load } as typeof tensor);
		}
		const trajectories = eightTrajectories();
		return {
			source: { ...source, tensors },
			trajectories,
			reference: await tinyReference(source, trajectories),
		};
	}

	it("stops at the first step where a weight is not a number, naming loss and tensors", async () => {
		const run = await tinyRun("model.norm.weight");
		const error = await withTrainer(run, tinyConfig(), (trainer) => thrownBy(() => trainer.step()));
		expect(error.code).toBe("diverged");
		expect(error.message).toMatch(
			/step 1: the policy loss, the value loss, and \d+ gradients \(the first that of policy:/,
		);
	});

	it("stops at the step after a learning rate that no weight stands, and keeps the state of the last", async () => {
		const run = await tinyRun();
		await withTrainer(run, tinyConfig({ lr: 1e30, adapter: { type: "full" } }), async (trainer) => {
			await trainer.step();
			const error = await thrownBy(() => trainer.step());
			expect(error.code).toBe("diverged");
			expect(error.message).toContain("step 2:");
			expect(trainer.state.step).toBe(1);
			expect(trainer.state.optimizers.policy.step).toBe(1);
		});
	});
});
