import type { Budget } from "./budget.ts";

/** An exact fraction in lowest terms; `den` is positive. */
export interface Rational {
	readonly num: bigint;
	readonly den: bigint;
}

/** Fractions whose numerator or denominator is longer than this are rounded to floating point by the caller. */
export const MAX_BITS = 2048;

export const bitsOf = (x: bigint): number => (x < 0n ? -x : x).toString(16).length * 4;

/** Step cost of one exact operation: reducing a fraction takes time in the square of its length. */
const cost = (num: bigint, den: bigint): number => {
	const bits = bitsOf(num) + bitsOf(den);
	return 1 + Math.floor((bits / 128) ** 2);
};

/** `num / den` in lowest terms, or null when `den` is 0 or the result is longer than `MAX_BITS`. */
export function rational(num: bigint, den: bigint, budget: Budget): Rational | null {
	budget.spend(cost(num, den));
	if (den === 0n) return null;
	let a = num < 0n ? -num : num;
	let b = den < 0n ? -den : den;
	if (bitsOf(a) > 2 * MAX_BITS || bitsOf(b) > 2 * MAX_BITS) return null;
	while (b !== 0n) [a, b] = [b, a % b];
	const divisor = den < 0n ? -a : a;
	const reduced = { num: num / divisor, den: den / divisor };
	return bitsOf(reduced.num) > MAX_BITS || bitsOf(reduced.den) > MAX_BITS ? null : reduced;
}

export const integer = (value: number | bigint): Rational => ({ num: BigInt(value), den: 1n });

export const isInteger = (x: Rational): boolean => x.den === 1n;

/** `x` to a whole power, or null when it is undefined or too long. */
export function integerPower(x: Rational, exponent: bigint, budget: Budget): Rational | null {
	const size = exponent < 0n ? -exponent : exponent;
	if (x.num === 0n) return exponent > 0n ? x : null;
	if (x.den === 1n && (x.num === 1n || x.num === -1n)) return integer(size % 2n === 0n ? 1n : x.num);
	const bits = Math.max(bitsOf(x.num), bitsOf(x.den)) - 4;
	if (size > BigInt(MAX_BITS) || bits * Number(size) > MAX_BITS + 4 * Number(size)) return null;
	const [num, den] = exponent < 0n ? [x.den, x.num] : [x.num, x.den];
	return rational(num ** size, den ** size, budget);
}

/** The nearest double, up to infinity. */
export function toNumber({ num, den }: Rational): number {
	const top = Number(num);
	const bottom = Number(den);
	if (Number.isFinite(top) && Number.isFinite(bottom)) return top / bottom;
	// Keep about 64 significant bits of each side, then put the shifts back.
	const shiftTop = Math.max(0, bitsOf(num) - 64);
	const shiftBottom = Math.max(0, bitsOf(den) - 64);
	const ratio = Number(num >> BigInt(shiftTop)) / Number(den >> BigInt(shiftBottom));
	return ratio * 2 ** (shiftTop - shiftBottom);
}

/** The fraction that a decimal numeral such as `12.50` writes, with `repeating` digits after its last digit. */
export function fromDecimal(text: string, repeating: string, budget: Budget): Rational | null {
	const [whole = "", fraction = ""] = text.split(".");
	const digits = BigInt(`${whole}${fraction}` || "0");
	const scale = 10n ** BigInt(fraction.length);
	if (repeating === "") return rational(digits, scale, budget);
	const period = 10n ** BigInt(repeating.length) - 1n;
	return rational(digits * period + BigInt(repeating), scale * period, budget);
}
