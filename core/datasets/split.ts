import { createHash } from "node:crypto";
import { AppError } from "../contract/errors.ts";
import type { Example } from "./types.ts";

/** Whole counts that add up to `total`, as near to the fractions as they can be (largest remainder). */
function shareOut(total: number, fractions: readonly number[]): number[] {
	const exact = fractions.map((fraction) => fraction * total);
	const counts = exact.map((share) => Math.floor(share));
	const left = total - counts.reduce((sum, count) => sum + count, 0);
	const byRemainder = exact.map((share, i) => ({ i, remainder: share - (counts[i] ?? 0) }));
	byRemainder.sort((a, b) => b.remainder - a.remainder || a.i - b.i);
	for (const { i } of byRemainder.slice(0, left)) counts[i] = (counts[i] ?? 0) + 1;
	return counts;
}

/**
 * Splits examples so that all of one prompt fall on one side. The fractions are of prompts, must add up to 1 and are
 * met to the nearest whole prompt; the same prompts and seed always give the same split, in whatever order they come.
 * @throws AppError `usage` for fractions that are not shares of 1.
 */
export function splitByPrompt<Name extends string>(
	examples: readonly Example[],
	fractions: Readonly<Record<Name, number>>,
	seed: number,
): Record<Name, Example[]> {
	const names = Object.keys(fractions) as Name[];
	const shares = names.map((name) => fractions[name]);
	const sum = shares.reduce((total, share) => total + share, 0);
	if (!shares.every((share) => share >= 0 && share <= 1) || Math.abs(sum - 1) > 1e-9) {
		const message = `The split fractions ${shares.join(", ")} do not add up to 1.`;
		throw new AppError({
			code: "usage",
			message,
			hint: "Give shares between 0 and 1 that add up to 1, like 0.9 and 0.1.",
		});
	}
	const order = [...new Set(examples.map((example) => example.promptKey))]
		.map((key) => ({ key, rank: createHash("sha256").update(`${seed}:${key}`).digest("hex") }))
		.sort((a, b) => (a.rank < b.rank ? -1 : 1));
	const counts = shareOut(order.length, shares);
	const nameOf = new Map<string, Name>();
	let from = 0;
	for (const [i, name] of names.entries()) {
		const to = from + (counts[i] ?? 0);
		for (const { key } of order.slice(from, to)) nameOf.set(key, name);
		from = to;
	}
	const belongs = (name: Name): Example[] =>
		examples.filter((example) => nameOf.get(example.promptKey) === name);
	return Object.fromEntries(names.map((name) => [name, belongs(name)])) as Record<Name, Example[]>;
}
