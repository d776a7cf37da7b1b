import { describe, expect, it } from "vitest";
import { epochSteps, forEachTrajectory, type MicroBatch, microBatches, tokenFeed } from "./batches.ts";
import { eightTrajectories, fivePairs, tokens, trajectory } from "./testing/trajectories.ts";
import type { Trajectory } from "./trajectories.ts";

const rows = (list: readonly Trajectory[]) => list.map((t) => t.row);
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const members = (batch: MicroBatch) => batch.slots.filter((slot) => slot !== null);
const options = { sharePrompts: true, microTokens: 64, lengthMultiple: 1 };

/** `count` responses to each of several prompts, of lengths that differ. */
function manyTrajectories(prompts: number, count: number): Trajectory[] {
	return Array.from({ length: prompts * count }, (_, i) => {
		const prompt = tokens(2 + (i % prompts), i % prompts);
		return trajectory(i, prompt, tokens(1 + ((i * 7) % 11), i), { promptKey: `prompt ${i % prompts}` });
	});
}

describe("epochSteps", () => {
	const data = manyTrajectories(6, 4);

	it("takes every trajectory exactly once, in steps of the global batch", () => {
		const steps = epochSteps(data, { globalBatch: 7, seed: 0 }, 0);
		expect(steps.map((step) => step.length)).toEqual([7, 7, 7, 3]);
		expect(sorted(rows(steps.flat()))).toEqual(rows(data));
	});

	it("is the same for the same seed and epoch, and another for others", () => {
		const order = (seed: number, epoch: number) =>
			rows(epochSteps(data, { globalBatch: 7, seed: seed }, epoch).flat());
		expect(order(3, 1)).toEqual(order(3, 1));
		const orders = [order(0, 0), order(0, 1), order(1, 0), order(1, 1), rows(data)];
		expect(new Set(orders.map((o) => o.join())).size).toBe(orders.length);
	});

	it("keeps a prompt's responses next to each other, shuffled", () => {
		const order = epochSteps(data, { globalBatch: 4, seed: 0 }, 0);
		expect(order.every((step) => new Set(step.map((t) => t.promptKey)).size === 1)).toBe(true);
		expect(order.some((step) => rows(step).join() !== sorted(rows(step)).join())).toBe(true);
	});

	it("keeps pairs together, the chosen response first, in steps of whole pairs", () => {
		for (const epoch of [0, 1, 2]) {
			const steps = epochSteps(fivePairs(), { globalBatch: 2, seed: 0 }, epoch);
			expect(steps.map((step) => step.length)).toEqual([4, 4, 2]);
			const order = steps.flat();
			expect(order.map((t) => t.correct)).toEqual(order.map((_, i) => i % 2 === 0));
			expect(order.every((t, i) => t.pair === order[i - (i % 2)]?.pair)).toBe(true);
			expect(new Set(order.map((t) => t.pair)).size).toBe(5);
		}
	});

	it("mixes prompts on request, so that few neighbours share one", () => {
		const many = manyTrajectories(20, 8);
		const neighbours = (mixPrompts: boolean) => {
			const order = epochSteps(many, { globalBatch: 16, seed: 0, mixPrompts }, 0).flat();
			expect(sorted(rows(order))).toEqual(rows(many));
			return order.filter((t, i) => t.promptKey === order[i - 1]?.promptKey).length;
		};
		// 159 neighbours: 7 of 8 share a prompt when prompts stay together, 7 in 159 when they do not.
		expect(neighbours(false)).toBe(140);
		expect(neighbours(true)).toBeLessThan(20);
	});

	it("leaves the data as it is", () => {
		const before = rows(data);
		epochSteps(data, { globalBatch: 4, seed: 9 }, 0);
		expect(rows(data)).toEqual(before);
	});
});

describe("microBatches", () => {
	const data = manyTrajectories(5, 6);
	const layouts = [true, false].flatMap((sharePrompts) =>
		[1, 20, 64, 100_000].flatMap((microTokens) =>
			[1, 4].map((lengthMultiple) => ({ sharePrompts, microTokens, lengthMultiple })),
		),
	);

	it.each(layouts)("holds every trajectory once within the budget: %o", (layout) => {
		const batches = microBatches(data, layout);
		expect(sorted(batches.flatMap((batch) => rows(members(batch))))).toEqual(rows(data));
		for (const batch of batches) {
			const L = Math.max(...members(batch).map((t) => t.prompt.length));
			expect(batch.T % layout.lengthMultiple).toBe(0);
			expect(batch.slots).toHaveLength(batch.P * batch.K);
			// One trajectory runs however long it is.
			if (batch.slots.length > 1)
				expect(batch.P * (L + batch.K * batch.T)).toBeLessThanOrEqual(layout.microTokens);
		}
		if (layout.microTokens === 1) expect(batches).toHaveLength(data.length);
	});

	it("computes all in one run when the budget allows it, with a group for each prompt", () => {
		const [shared, ...more] = microBatches(data, { ...options, microTokens: 100_000 });
		expect(more).toEqual([]);
		expect([shared?.P, shared?.K, shared?.T]).toEqual([5, 6, 11]);
		const [alone] = microBatches(data, { ...options, microTokens: 100_000, sharePrompts: false });
		expect([alone?.P, alone?.K, alone?.T]).toEqual([30, 1, 11]);
	});

	it("puts responses of one prompt only into a group", () => {
		for (const { P, K, slots } of microBatches(data, { ...options, microTokens: 200 })) {
			for (let p = 0; p < P; p++) {
				const group = slots.slice(p * K, (p + 1) * K).filter((slot) => slot !== null);
				expect(new Set(group.map((t) => t.promptKey)).size).toBe(1);
			}
		}
	});

	it.each([true, false])("never parts a pair, prompts shared: %s", (sharePrompts) => {
		for (const microTokens of [1, 30, 60, 100_000]) {
			const batches = microBatches(fivePairs(), { ...options, sharePrompts, microTokens });
			expect(batches.flatMap(members)).toHaveLength(10);
			for (const { P, K, slots } of batches) {
				expect(K).toBe(2);
				for (let p = 0; p < P; p++) {
					const [chosen, rejected] = slots.slice(2 * p, 2 * p + 2);
					expect([chosen?.correct, rejected?.correct]).toEqual([true, false]);
					expect(chosen?.pair).toBe(rejected?.pair);
				}
			}
		}
	});

	it("splits a prompt with more responses than fit, longest together", () => {
		const prompt = tokens(4, 1);
		const group = [3, 8, 3, 8, 3, 3].map((length, row) => trajectory(row, prompt, tokens(length, row)));
		const batches = microBatches(group, { ...options, microTokens: 20 });
		expect(batches.map((batch) => sorted(rows(members(batch))))).toEqual([
			[0, 2, 4, 5],
			[1, 3],
		]);
		expect(batches.map(({ P, K, T }) => P * (4 + K * T))).toEqual([16, 20]);
	});

	it("has nothing to run without trajectories", () => {
		expect(microBatches([], options)).toEqual([]);
	});
});

describe("the layout of a micro-batch", () => {
	const long = trajectory(0, [1, 5, 6, 7], [10, 11, 12]);
	const short = trajectory(1, [1, 5, 6, 7], [20]);
	const other = trajectory(2, [1], [30, 31]);
	const [batch] = microBatches([short, other, long], { ...options, lengthMultiple: 4 });
	if (!batch) throw new Error("there is a micro-batch");
	const numbers = (name: string) => Array.from(batch.feeds[name]?.data ?? [], Number);

	it("shows responses one token late, the prompt's last token first, padded to a multiple", () => {
		expect([batch.P, batch.K, batch.T]).toEqual([2, 2, 4]);
		expect(batch.slots).toEqual([long, short, other, null]);
		expect(numbers("prompt_ids")).toEqual([1, 5, 6, 0, 0, 0]);
		expect(numbers("prefix_lengths")).toEqual([3, 0]);
		expect(numbers("response_ids")).toEqual([7, 10, 11, 0, 7, 0, 0, 0, 1, 30, 0, 0, 0, 0, 0, 0]);
		expect(numbers("targets")).toEqual([10, 11, 12, 0, 20, 0, 0, 0, 30, 31, 0, 0, 0, 0, 0, 0]);
		expect(numbers("mask")).toEqual([1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
		expect(batch.feeds.prompt_ids?.shape).toEqual([2, 3]);
		for (const name of ["response_ids", "targets", "mask"])
			expect(batch.feeds[name]?.shape).toEqual([2, 2, 4]);
	});

	it("feeds numbers of tokens where the tokens are, and finds outputs there again", () => {
		const feed = tokenFeed(batch, (t) => t.response.map((token) => token / 2));
		expect(feed.shape).toEqual([2, 2, 4]);
		expect(Array.from(feed.data as Float32Array)).toEqual(numbers("targets").map((token) => token / 2));
		const seen: [number, number[]][] = [];
		forEachTrajectory(batch, feed.data as Float32Array, (t, part) => seen.push([t.row, Array.from(part)]));
		expect(seen).toEqual([
			[0, [5, 5.5, 6]],
			[1, [10]],
			[2, [15, 15.5]],
		]);
	});
});

it("makes the sizes of micro-batches that the invariance of training is tested with", () => {
	const sizes = (microTokens: number) =>
		microBatches(eightTrajectories(), { ...options, sharePrompts: false, microTokens }).map(
			(batch) => members(batch).length,
		);
	expect(sizes(1)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
	expect(sizes(1000)).toEqual([8]);
});
