import type { Node, NodeOf } from "./ast.ts";
import type { Budget } from "./budget.ts";
import {
	type Approx,
	add,
	applyUnary,
	approx,
	isFiniteApprox,
	magnitude,
	multiply,
	power as powerApprox,
	reciprocal,
	type Unary,
} from "./complex.ts";
import { integer, integerPower, isInteger, type Rational, rational, toNumber } from "./rational.ts";

/** A number: an exact fraction as long as the arithmetic allows it, otherwise a complex one in floating point. */
export type Value = { readonly exact: Rational } | { readonly approx: Approx };

/** The expression has no number for a value. */
export class Undefined extends Error {
	constructor() {
		super("no numeric value");
		this.name = "Undefined";
	}
}

export type Point = ReadonlyMap<string, Rational>;

const MAX_FACTORIAL = 200n;
const CONSTANTS = { pi: approx(Math.PI), e: approx(Math.E), i: { re: 0, im: 1, err: 0 } } as const;

export const approxOf = (value: Value): Approx => {
	if ("approx" in value) return value.approx;
	const nearest = toNumber(value.exact);
	return isInteger(value.exact) && Number.isSafeInteger(nearest)
		? { re: nearest, im: 0, err: 0 }
		: approx(nearest);
};

const exact = (value: Rational): Value => ({ exact: value });

function finite(value: Approx): Value {
	if (!isFiniteApprox(value)) throw new Undefined();
	return { approx: value };
}

/**
 * The value of an expression at a point.
 * @throws Undefined where there is none, BudgetSpent when it takes too long.
 */
export function evaluate(node: Node, point: Point, budget: Budget): Value {
	budget.spend(1);
	switch (node.kind) {
		case "number":
			return exact(node.value);
		case "symbol": {
			const value = point.get(node.name);
			if (value === undefined) throw new Undefined();
			return exact(value);
		}
		case "constant":
			if (node.name === "infinity") throw new Undefined();
			return { approx: CONSTANTS[node.name] };
		case "sum":
			return node.items.map((item) => evaluate(item, point, budget)).reduce((a, b) => sum(a, b, budget));
		case "product":
			return node.items.map((item) => evaluate(item, point, budget)).reduce((a, b) => times(a, b, budget));
		case "quotient":
			return divide(evaluate(node.items[0], point, budget), evaluate(node.items[1], point, budget), budget);
		case "power":
			return raise(evaluate(node.items[0], point, budget), evaluate(node.items[1], point, budget), budget);
		case "call":
			return call(node, point, budget);
		default:
			throw new Undefined();
	}
}

function sum(a: Value, b: Value, budget: Budget): Value {
	if ("exact" in a && "exact" in b) {
		const [x, y] = [a.exact, b.exact];
		const result = rational(x.num * y.den + y.num * x.den, x.den * y.den, budget);
		if (result !== null) return exact(result);
	}
	return finite(add(approxOf(a), approxOf(b)));
}

function times(a: Value, b: Value, budget: Budget): Value {
	if ("exact" in a && "exact" in b) {
		const result = rational(a.exact.num * b.exact.num, a.exact.den * b.exact.den, budget);
		if (result !== null) return exact(result);
	}
	return finite(multiply(approxOf(a), approxOf(b)));
}

function divide(a: Value, b: Value, budget: Budget): Value {
	if ("exact" in b) {
		if (b.exact.num === 0n) throw new Undefined();
		const turned = rational(b.exact.den, b.exact.num, budget);
		if (turned !== null) return times(a, exact(turned), budget);
	}
	return finite(multiply(approxOf(a), reciprocal(approxOf(b))));
}

function raise(base: Value, exponent: Value, budget: Budget): Value {
	if ("exact" in exponent) {
		const { num, den } = exponent.exact;
		if ("exact" in base && den === 1n) {
			if (base.exact.num === 0n && num <= 0n) throw new Undefined();
			const result = integerPower(base.exact, num, budget);
			if (result !== null) return exact(result);
		}
		const z = approxOf(base);
		// School's reading: an odd root of a negative number is the negative one, not the principal complex one.
		if (den % 2n === 1n && z.im === 0 && z.re < 0) {
			const size = powerApprox({ ...z, re: -z.re }, approxOf(exponent));
			return finite(num % 2n === 0n ? size : { ...size, re: -size.re, im: -size.im });
		}
	}
	return finite(powerApprox(approxOf(base), approxOf(exponent)));
}

function call(node: NodeOf<"call">, point: Point, budget: Budget): Value {
	const [first, second] = node.items.map((item) => evaluate(item, point, budget));
	if (first === undefined) throw new Undefined();
	budget.spend(5);
	switch (node.name) {
		case "root": {
			if (second === undefined) throw new Undefined();
			const exponent = divide(exact(integer(1)), second, budget);
			if ("exact" in exponent && exponent.exact.den === 2n)
				return finite(applyUnary("sqrt", approxOf(first)));
			return raise(first, exponent, budget);
		}
		case "factorial":
			return exact(factorial(wholeNumber(first), budget));
		case "binom":
			if (second === undefined) throw new Undefined();
			return exact(choose(wholeNumber(first), wholeNumber(second), budget));
		case "floor":
			return exact(integer(floor(first)));
		case "ceil":
			return exact(integer(-floor(times(exact(integer(-1)), first, budget))));
		case "abs":
			if ("exact" in first) {
				const { num, den } = first.exact;
				return exact({ num: num < 0n ? -num : num, den });
			}
			return finite(applyUnary("abs", first.approx));
		default:
			return finite(applyUnary(node.name as Unary, approxOf(first)));
	}
}

function wholeNumber(value: Value): bigint {
	if (!("exact" in value) || !isInteger(value.exact) || value.exact.num < 0n) throw new Undefined();
	return value.exact.num;
}

function factorial(n: bigint, budget: Budget): Rational {
	if (n > MAX_FACTORIAL) throw new Undefined();
	budget.spend(Number(n));
	let result = 1n;
	for (let i = 2n; i <= n; i++) result *= i;
	return integer(result);
}

function choose(n: bigint, k: bigint, budget: Budget): Rational {
	if (k > n) return integer(0);
	const steps = k < n - k ? k : n - k;
	if (steps > MAX_FACTORIAL || n > 10_000n) throw new Undefined();
	budget.spend(Number(steps));
	let result = 1n;
	for (let i = 1n; i <= steps; i++) result = (result * (n - steps + i)) / i;
	return integer(result);
}

function floor(value: Value): bigint {
	if ("exact" in value) {
		const { num, den } = value.exact;
		return num / den - (num < 0n && num % den !== 0n ? 1n : 0n);
	}
	const { re, im, err } = value.approx;
	const nearest = Math.round(re);
	if (Math.abs(im) > err || magnitude(value.approx) > 2 ** 50) throw new Undefined();
	return BigInt(Math.abs(re - nearest) <= 16 * err ? nearest : Math.floor(re));
}
