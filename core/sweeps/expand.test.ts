import { describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { type SweepConfigInput, sweepConfigSchema } from "../contract/sweep.ts";
import { expand } from "./expand.ts";
import { parseAxisWords } from "./words.ts";

const base = { modelDir: "model", dataPath: "data" };
const sweep = (input: Partial<SweepConfigInput>) =>
	expand(sweepConfigSchema.parse({ base, method: "grid", space: {}, ...input }));
const words = (...lines: string[]) =>
	Object.fromEntries(lines.map(parseAxisWords).map(({ field, axis }) => [field, axis]));

describe("a space in words", () => {
	it.each([
		["beta=0.01, 0.03,0.1", "beta", { values: [0.01, 0.03, 0.1] }],
		["method=dqo,rs", "method", { values: ["dqo", "rs"] }],
		["sharePrompts=true,false", "sharePrompts", { values: [true, false] }],
		["max-steps=null,5", "maxSteps", { values: [null, 5] }],
		["lr=1e-6..1e-4:5 log", "lr", { min: 1e-6, max: 1e-4, scale: "log", count: 5 }],
		["lr = 1e-6..1e-4:5log", "lr", { min: 1e-6, max: 1e-4, scale: "log", count: 5 }],
		["lambda=0..1", "lambda", { min: 0, max: 1, scale: "linear" }],
		["lr=1e-6..1e-4 log", "lr", { min: 1e-6, max: 1e-4, scale: "log" }],
		[
			"adapter.rank=4..64:3 log int",
			"adapter.rank",
			{ min: 4, max: 64, scale: "log", count: 3, integer: true },
		],
	])("reads %s", (line, field, axis) => {
		expect(parseAxisWords(line)).toEqual({ field, axis });
	});

	it.each([
		["beta", /FIELD=VALUES/],
		["=1,2", /FIELD=VALUES/],
		["beta=", /FIELD=VALUES/],
		["beta=1,,2", /empty value/],
		["lr=1e-4..1e-6:5 log", /min must be below max/],
		["lr=0..1 log", /above 0/],
		["lr=a..b", /no range/],
		["lr=1..2:x", /takes a range/],
		["lr=1..2:0", /no range/],
	])("refuses %s", (line, reason) => {
		expect(() => parseAxisWords(line)).toThrow(reason);
	});
});

describe("expansion", () => {
	it("makes every combination of a grid in order, each a whole configuration", () => {
		const points = sweep({
			space: words("beta=0.01,0.1", "lr=1e-6..1e-4:3 log", "adapter.rank=4..16:2 log int"),
		});
		expect(points.map(({ values }) => Object.values(values))).toEqual(
			[0.01, 0.1].flatMap((beta) =>
				[1e-6, 1e-5, 1e-4].flatMap((lr) => [4, 16].map((rank) => [beta, lr, rank])),
			),
		);
		expect(points[5]?.config).toMatchObject({
			beta: 0.01,
			lr: 1e-4,
			adapter: { rank: 16, alpha: 32 },
			lambda: 1,
		});
	});

	it("leaves out runs that come to the same", () => {
		const points = sweep({ space: words("adapter.alpha=32,64", "adapter.rank=16,16", "beta=0.1,1e-1") });
		expect(points.map(({ config }) => config.adapter)).toEqual([
			{ type: "lora", rank: 16, alpha: 32 },
			{ type: "lora", rank: 16, alpha: 64 },
		]);
	});

	it("draws distinct points from the seed alone, evenly on the scale asked for", () => {
		const draw = (seed: number) =>
			sweep({
				method: "random",
				trials: 200,
				seed,
				space: words("lr=1e-6..1e-2 log", "lambda=0.9..1", "beta=0.1,0.2"),
			});
		const points = draw(7);
		expect(points).toEqual(draw(7));
		expect(points).not.toEqual(draw(8));
		expect(new Set(points.map(({ values }) => JSON.stringify(values))).size).toBe(200);
		const share = (test: (config: (typeof points)[0]["config"]) => boolean) =>
			points.filter(({ config }) => test(config)).length / points.length;
		for (const { config } of points) {
			expect(config.lr).toBeGreaterThanOrEqual(1e-6);
			expect(config.lr).toBeLessThanOrEqual(1e-2);
			expect(config.lambda).toBeGreaterThanOrEqual(0.9);
		}
		// Half of a log range lies below its geometric mean; five standard errors are 0.18.
		expect(Math.abs(share(({ lr }) => lr < 1e-4) - 0.5)).toBeLessThan(0.18);
		expect(Math.abs(share(({ lambda }) => lambda < 0.95) - 0.5)).toBeLessThan(0.18);
		expect(Math.abs(share(({ beta }) => beta === 0.1) - 0.5)).toBeLessThan(0.18);
	});

	it("draws a small space empty and no further", () => {
		const points = sweep({ method: "random", trials: 50, space: words("beta=0.1,0.2", "lambda=0..1:2") });
		expect(points).toHaveLength(4);
	});

	it("names every invalid run at once and starts none", () => {
		const error = caught(() => sweep({ space: words("beta=0.1,-1", "lambda=0.5,2", "lrr=1") }));
		expect(error).toMatchObject({
			code: "config-invalid",
			hint: expect.stringContaining("Nothing was started"),
		});
		for (const part of [
			"beta=0.1 lambda=2 lrr=1: lambda",
			"beta=-1 lambda=0.5 lrr=1: beta",
			"did you mean lr",
		]) {
			expect(error.message).toContain(part);
		}
		expect((error.details as { problems: unknown[] }).problems).toHaveLength(8);
	});

	it.each<[string, Partial<SweepConfigInput>, RegExp]>([
		["a grid over a range without points", { space: words("lr=0..1") }, /lr: a range needs a count/],
		["a grid with a number of runs", { trials: 3, space: words("lr=1,2") }, /every combination/],
		["random without a number", { method: "random", space: words("lr=0..1") }, /number of runs/],
		["halving without a first cut", { method: "asha", space: words("lr=1,2") }, /minSteps/],
		["a cut in a grid", { asha: { minSteps: 3 }, space: words("lr=1,2") }, /no meaning for grid/],
	])("refuses %s", (_, input, reason) => {
		expect(caught(() => sweep(input)).message).toMatch(reason);
	});

	it("touches nothing outside the configuration", () => {
		expect(() => sweep({ space: words("__proto__.polluted=1,2", "lr=1") })).not.toThrow();
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
	});
});

function caught(action: () => unknown): AppError {
	try {
		action();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
	throw new Error("nothing was thrown");
}
