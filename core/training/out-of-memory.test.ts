import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import type { MicroBatch } from "./batches.ts";
import { inBatches, MicroBudget } from "./in-batches.ts";
import { tokens, trajectory } from "./testing/trajectories.ts";
import type { Trajectory } from "./trajectories.ts";

const canLimit = existsSync("/usr/bin/prlimit");

/** One step in a process of its own, its address space limited before the second micro-batch to so many bytes more. */
function oneStep(headroom: number) {
	const script = fileURLToPath(new URL("./testing/one-step.ts", import.meta.url));
	// ONNX Runtime's arena takes nearly all that is left before it fails: compilers at work then would end the process.
	const flags = ["--single-threaded", "--no-opt", "--no-sparkplug"];
	const output = execFileSync(process.execPath, [...flags, "--import", "tsx", script, `${headroom}`], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
	});
	return JSON.parse(output) as {
		metrics: Record<string, number>;
		halved: [number, number][];
		batches: number;
		sums: Record<string, number>;
	};
}

it.skipIf(!canLimit)(
	"a step in whose midst memory runs out ends as one that had enough, in smaller batches",
	() => {
		const whole = oneStep(0);
		expect(whole).toMatchObject({ halved: [], batches: 2 });
		const limited = oneStep(400_000_000);
		expect(limited.halved.length).toBeGreaterThan(0);
		expect(limited.halved[0]?.[0]).toBe(3208);
		// The first batch was not computed again: one that worked, one that failed, and the second one's parts.
		expect(limited.batches).toBeGreaterThanOrEqual(4);
		expect(limited.batches).toBeLessThanOrEqual(8);
		for (const name of ["policyLoss", "valueLoss", "policyGradNorm", "valueGradNorm", "logRatioCorrect"])
			expect((limited.metrics[name] as number) / (whole.metrics[name] as number)).toBeCloseTo(1, 4);
		expect(Object.keys(limited.sums)).toEqual(Object.keys(whole.sums));
		for (const [name, sum] of Object.entries(whole.sums)) expect(limited.sums[name]).toBeCloseTo(sum, 3);
	},
	120_000,
);

const outOfMemory = () => new AppError({ code: "out-of-memory", message: "Too much.", hint: "Less." });
const responses = [9, 4, 4, 3, 2, 2].map((length, row) =>
	trajectory(row, tokens(3, row + 1), tokens(length, row)),
);

/** Computes every batch of up to so many slots and tokens; gives what was handed on, in order. */
async function run(list: readonly Trajectory[], fits: number, budget: MicroBudget) {
	const taken: Trajectory[] = [];
	await inBatches(
		list,
		{ sharePrompts: true, budget, lengthMultiple: 1 },
		async ({ P, K, T }: MicroBatch) => {
			if (P * K * T > fits) throw outOfMemory();
		},
		({ slots }) => void taken.push(...slots.filter((slot) => slot !== null)),
	);
	return taken;
}

it("hands on every response once, and stays at what fitted", async () => {
	const halved: number[] = [];
	const budget = new MicroBudget(1000, (_, to) => halved.push(to));
	const taken = await run(responses, 10, budget);
	expect(taken.map(({ row }) => row).sort()).toEqual([0, 1, 2, 3, 4, 5]);
	expect(halved.length).toBeGreaterThan(1);
	const [small] = halved.slice(-1);
	expect(budget.tokens).toBe(small);
	await run(responses, 10, budget);
	expect(halved.at(-1)).toBe(small);
});

it("gives up when one response alone is too much, and says what would help", async () => {
	await expect(run(responses, 8, new MicroBudget(1000))).rejects.toMatchObject({
		code: "out-of-memory",
		message: expect.stringMatching(/even one response/),
		hint: expect.stringMatching(/maxResponseTokens/),
	});
});

it("never parts a pair", async () => {
	const pairs = [0, 1, 2].flatMap((pair) =>
		[2, 5].map((length, i) => trajectory(2 * pair + i, tokens(3, pair + 1), tokens(length, pair), { pair })),
	);
	const taken = await run(pairs, 10, new MicroBudget(1000));
	expect(taken.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5]);
	await expect(run(pairs, 9, new MicroBudget(1000))).rejects.toMatchObject({
		message: expect.stringMatching(/even one pair/),
	});
});

it("lets every other failure through", async () => {
	const budget = new MicroBudget(1000);
	const fail = inBatches(
		responses,
		{ sharePrompts: true, budget, lengthMultiple: 1 },
		async () => {
			throw new AppError({ code: "graph-invalid", message: "No.", hint: "" });
		},
		() => {},
	);
	await expect(fail).rejects.toMatchObject({ code: "graph-invalid" });
	expect(budget.tokens).toBe(1000);
});
