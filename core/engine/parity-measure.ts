import type { Agreement, ParityCheck, ParityDifference, ParityResult } from "../contract/parity.ts";
import type { Parameters } from "../training/adamw.ts";

/**
 * Largest difference that counts as equal or close, as a share of the largest reference value. Gradients gather the
 * rounding of every layer on their way down. TF32 keeps 10 bits of a factor, so a product is off by up to 1e-3 and a
 * network by several times that.
 */
const LIMITS: Record<"gradients" | "others", { equal: number; close: number }> = {
	gradients: { equal: 1e-3, close: 5e-2 },
	others: { equal: 1e-4, close: 2e-2 },
};
/** A difference of a number this small means nothing to training, however large it is as a share. */
const NOTHING = 1e-6;

/** Compares two tensors of one shape. */
export function compareArrays(
	what: ParityDifference["what"],
	expected: ArrayLike<number>,
	found: ArrayLike<number>,
): ParityDifference {
	return judged(what, distance(expected, found, 0));
}

/** Compares named tensors one by one, and gives the worst. */
export function compareTensors(
	what: ParityDifference["what"],
	expected: Parameters,
	found: Parameters,
): ParityDifference {
	// A tensor whose gradient is nearly nothing beside the others moves nothing: its share is taken of theirs.
	const most = Math.max(...[...expected.values()].map(largest));
	const worst = { maxAbs: 0, maxRelative: 0 };
	for (const [name, values] of expected) {
		const { maxAbs, maxRelative } = distance(values, found.get(name) ?? [], 1e-3 * most);
		worst.maxAbs = Math.max(worst.maxAbs, maxAbs);
		worst.maxRelative = Math.max(worst.maxRelative, maxRelative);
	}
	return judged(what, worst);
}

function distance(expected: ArrayLike<number>, found: ArrayLike<number>, floor: number) {
	// NaN and missing values are no numbers that a report can hold: they are as far off as can be.
	const farthest = { maxAbs: Number.MAX_VALUE, maxRelative: Number.MAX_VALUE };
	if (expected.length !== found.length) return farthest;
	let maxAbs = 0;
	for (let i = 0; i < expected.length; i++) {
		const moved = Math.abs((expected[i] as number) - (found[i] as number));
		if (!Number.isFinite(moved)) return farthest;
		maxAbs = Math.max(maxAbs, moved);
	}
	return { maxAbs, maxRelative: maxAbs === 0 ? 0 : maxAbs / Math.max(largest(expected), floor, NOTHING) };
}

function largest(values: ArrayLike<number>): number {
	let most = 0;
	for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
	return most;
}

function judged(
	what: ParityDifference["what"],
	{ maxAbs, maxRelative }: { maxAbs: number; maxRelative: number },
): ParityDifference {
	const { equal, close } = LIMITS[what === "gradients" ? what : "others"];
	const agreement: Agreement = maxRelative <= equal ? "equal" : maxRelative <= close ? "close" : "different";
	return { what, maxAbs, maxRelative, agreement };
}

/** The worst of all checks. Tokens that differ are only told of where numbers are close: a near tie may tip. */
export function verdictOf(checks: readonly ParityCheck[]): ParityResult["verdict"] {
	if (checks.some(({ error }) => error !== null)) return "failed";
	const found = checks.flatMap(({ differences }) => differences.map(({ agreement }) => agreement));
	if (found.includes("different")) return "different";
	const sameTokens = checks.every(({ tokens }) => tokens === null || tokens.equal === tokens.all);
	if (found.includes("close")) return "close";
	return sameTokens ? "equal" : "different";
}
