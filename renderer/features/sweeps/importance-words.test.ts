import { expect, test } from "vitest";
import { importanceSentence, interactionSentence } from "./importance-words.ts";

const of = (field: string, share: number | null = 0.4) => ({ field, share, groups: 3 });
const runs = (field: string, scores: readonly (readonly [number | string, number])[]) =>
	scores.map(([value, score]) => ({ values: { [field]: value }, score }));

test("two values are compared pair by pair, where all else is equal", () => {
	const finished = [0.03, 0.1, 0.3].flatMap((beta, i) => [
		{ values: { beta, lambda: 1 }, score: 0.8 + i / 100 },
		{ values: { beta, lambda: 0.95 }, score: i === 2 ? 0.9 : 0.7 },
	]);
	expect(importanceSentence(of("lambda"), finished.slice(0, 4), true)).toBe(
		"1 beats 0.95 in all 2 finished pairs",
	);
	expect(importanceSentence(of("lambda"), finished, true)).toBe("1 beats 0.95 in 2 of 3 finished pairs");
	// A loss is better when it is lower.
	expect(importanceSentence(of("lambda"), finished, false)).toBe("0.95 beats 1 in 2 of 3 finished pairs");
});

test("ties are told", () => {
	const finished = [1, 2, 3].flatMap((seed) => [
		{ values: { seed, lambda: 1 }, score: seed === 1 ? 0.6 : 0.5 },
		{ values: { seed, lambda: 0.95 }, score: 0.5 },
	]);
	expect(importanceSentence(of("lambda"), finished, true)).toBe(
		"1 beats 0.95 in 1 of 3 finished pairs, the same in 2",
	);
});

test("a trend names the end that is best", () => {
	const rising = runs("lr", [
		[1e-6, 0.5],
		[1e-5, 0.6],
		[1e-4, 0.7],
	]);
	expect(importanceSentence(of("lr"), rising, true)).toBe("higher is better up to 1e-4");
	expect(importanceSentence(of("lr"), rising, false)).toBe("lower is better down to 1e-6");
});

test("an optimum in between says how flat it is", () => {
	// Means 86.4, 87.9, 86.8, 81.0: a fifth of the spread of 6.9 is 1.38, so 0.03 and 0.1 are near the best.
	const beta = runs("beta", [
		[0.01, 86.4],
		[0.03, 87.9],
		[0.1, 86.8],
		[1, 81],
	]);
	expect(importanceSentence(of("beta"), beta, true)).toBe("best at 0.03, flat from 0.03 to 0.1");
	const peak = runs("beta", [
		[0.01, 50],
		[0.03, 90],
		[0.1, 50],
	]);
	expect(importanceSentence(of("beta"), peak, true)).toBe("best at 0.03");
});

test("little and unknown shares say so", () => {
	const three = runs("beta", [
		[0.01, 0.5],
		[0.03, 0.51],
		[0.1, 0.5],
	]);
	expect(importanceSentence(of("beta", 0.01), three, true)).toBe("makes little difference here");
	expect(importanceSentence(of("beta", null), three, true)).toMatch(/not enough different values/);
});

test("words are compared by their means", () => {
	const words = runs("importanceWeight", [
		["both", 0.7],
		["policy", 0.6],
		["neither", 0.5],
	]);
	expect(importanceSentence(of("importanceWeight"), words, true)).toBe("best with both");
});

test("a pair says which value is best beside which", () => {
	const grid = (scores: readonly number[]) =>
		scores.map((score, i) => ({
			values: { beta: [0.03, 0.1][i >> 1] ?? 0, lr: [1e-6, 1e-5][i & 1] ?? 0 },
			score,
		}));
	const pair = (share: number) => ({ fields: ["beta", "lr"] as [string, string], share });
	const crossed = grid([0.5, 0.7, 0.6, 0.6]);
	expect(interactionSentence(pair(0.01), crossed, true)).toBe("little interaction");
	expect(interactionSentence(pair(0.3), crossed, true)).toBe(
		"the best β depends on learning rate: 0.1 at 1e-6, 0.03 at 1e-5",
	);
	expect(interactionSentence(pair(0.3), grid([0.7, 0.9, 0.6, 0.6]), true)).toBe(
		"0.03 is best throughout, by more for some learning rate",
	);
});
