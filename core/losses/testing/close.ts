import { expect } from "vitest";

/** Largest absolute difference over the largest absolute expected element (1e-6 where all of them are smaller). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(actual.length).toBe(expected.length);
	let difference = 0;
	let scale = 1e-6;
	for (let i = 0; i < expected.length; i++) {
		const [a, e] = [actual[i] as number, expected[i] as number];
		if (Number.isNaN(a) || Number.isNaN(e)) return Number.NaN;
		difference = Math.max(difference, Math.abs(a - e));
		scale = Math.max(scale, Math.abs(e));
	}
	return difference / scale;
}

/** Asserts that the relative error is below `tolerance`; NaN fails. */
export function expectClose(
	actual: ArrayLike<number>,
	expected: ArrayLike<number>,
	tolerance: number,
	label = "",
): void {
	expect(relativeError(actual, expected), label).toBeLessThan(tolerance);
}
