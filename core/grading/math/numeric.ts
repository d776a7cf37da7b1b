import { type Node, quotient, sameForm, variablesOf } from "./ast.ts";
import type { Budget } from "./budget.ts";
import { add, magnitude } from "./complex.ts";
import { approxOf, evaluate, type Point, Undefined, type Value } from "./evaluate.ts";
import type { Rational } from "./rational.ts";

const POINTS = 8;
/** Points at which both sides must have a value before they count as equal. */
const NEEDED = 3;
/** Room over the estimated rounding error. */
const SLACK = 16;
/** A value whose error is larger than this share of it decides nothing, unless it is about zero. */
const COARSE = 1e-6;
const ABOUT_ZERO = 1e-9;
/** What a comparison costs before anything is evaluated. */
const STEPS_PER_PAIR = 10;

/** Whether two numbers are equal, up to their rounding; null when rounding hides the answer. */
function equalValues(a: Value, b: Value): boolean | null {
	if ("exact" in a && "exact" in b) return a.exact.num === b.exact.num && a.exact.den === b.exact.den;
	const [x, y] = [approxOf(a), approxOf(b)];
	const room = SLACK * (x.err + y.err);
	const apart = magnitude(add(x, { re: -y.re, im: -y.im, err: 0 }));
	if (apart > room) return false;
	const size = Math.max(magnitude(x), magnitude(y));
	return room <= COARSE * size || (size < ABOUT_ZERO && room < ABOUT_ZERO) ? true : null;
}

/** A fixed sequence of numbers in [0, 1): the same answers get the same points everywhere. */
function* spread(): Generator<number, never> {
	let state = 0x2545f491;
	for (;;) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		yield state / 2 ** 32;
	}
}

/** Points for the variables: fractions of either sign, the first half of them positive. */
function samplePoints(names: readonly string[]): Point[] {
	if (names.length === 0) return [new Map()];
	const random = spread();
	return Array.from({ length: POINTS }, (_, k) => {
		const value = (): Rational => {
			const num = 1 + Math.floor(random.next().value * 96);
			const negative = k >= POINTS / 2 && random.next().value < 0.7;
			// 37 divides no numerator twice over, so that nothing cancels by chance.
			return num % 37 === 0 ? { num: 5n, den: 37n } : { num: BigInt(negative ? -num : num), den: 37n };
		};
		return new Map(names.map((name) => [name, value()]));
	});
}

function valueAt(node: Node, point: Point, budget: Budget): Value | null {
	try {
		return evaluate(node, point, budget);
	} catch (error) {
		if (error instanceof Undefined) return null;
		throw error;
	}
}

/**
 * Whether two expressions have the same value wherever both have one. Without variables that is one number each;
 * with variables they are compared at a few points: exactly for rational expressions, where by Schwartz and Zippel
 * unequal ones all but never agree, and within the rounding error for others.
 */
export function equalExpressions(a: Node, b: Node, budget: Budget): boolean {
	budget.spend(STEPS_PER_PAIR);
	if (sameForm(a, b)) return true;
	const names = variablesOf(a, b);
	let decided = 0;
	for (const point of samplePoints(names)) {
		const x = valueAt(a, point, budget);
		const y = x === null ? null : valueAt(b, point, budget);
		const equal = x === null || y === null ? null : equalValues(x, y);
		if (equal === false) return false;
		if (equal) decided++;
	}
	return decided >= Math.min(NEEDED, names.length === 0 ? 1 : NEEDED);
}

/** Whether `a` is a constant multiple of `b`, and the sign of the constant: 0 when it is none. */
export function constantRatio(a: Node, b: Node, budget: Budget): -1 | 0 | 1 {
	const ratio = quotient(a, b);
	let first: Value | null = null;
	let decided = 0;
	for (const point of samplePoints(variablesOf(a, b))) {
		const value = valueAt(ratio, point, budget);
		if (value === null) continue;
		first ??= value;
		if (equalValues(first, value) === false) return 0;
		decided++;
	}
	if (first === null || decided < NEEDED) return 0;
	const { re, im, err } = approxOf(first);
	return Math.abs(im) > SLACK * err || Math.abs(re) <= SLACK * err ? 0 : re > 0 ? 1 : -1;
}
