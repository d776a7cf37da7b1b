/** A floating-point complex number with a bound on its absolute rounding error. */
export interface Approx {
	readonly re: number;
	readonly im: number;
	readonly err: number;
}

const EPSILON = Number.EPSILON;

export const magnitude = (z: { re: number; im: number }): number => Math.hypot(z.re, z.im);

export const approx = (re: number, im = 0): Approx => ({ re, im, err: EPSILON * Math.hypot(re, im) });

export const isFiniteApprox = (z: Approx): boolean => Number.isFinite(z.re + z.im + z.err);

export function add(a: Approx, b: Approx): Approx {
	const re = a.re + b.re;
	const im = a.im + b.im;
	return { re, im, err: a.err + b.err + EPSILON * Math.hypot(re, im) };
}

export function multiply(a: Approx, b: Approx): Approx {
	const re = a.re * b.re - a.im * b.im;
	const im = a.re * b.im + a.im * b.re;
	const [sizeA, sizeB] = [magnitude(a), magnitude(b)];
	return { re, im, err: sizeA * b.err + sizeB * a.err + a.err * b.err + 4 * EPSILON * sizeA * sizeB };
}

/** `1 / z`; infinite where zero lies within the error of `z`. */
export function reciprocal(z: Approx): Approx {
	const size = magnitude(z);
	const left = size - z.err;
	if (!(left > 0)) return { re: Number.NaN, im: 0, err: Number.POSITIVE_INFINITY };
	const re = z.re / size / size;
	const im = -z.im / size / size;
	return { re, im, err: z.err / size / left + (4 * EPSILON) / size };
}

interface Plain {
	readonly re: number;
	readonly im: number;
}
const plain = (re: number, im = 0): Plain => ({ re, im });
const times = (a: Plain, b: Plain): Plain => plain(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const plus = (a: Plain, b: Plain): Plain => plain(a.re + b.re, a.im + b.im);
const over = (a: Plain, b: Plain): Plain => {
	const size = b.re * b.re + b.im * b.im;
	return plain((a.re * b.re + a.im * b.im) / size, (a.im * b.re - a.re * b.im) / size);
};
const I = plain(0, 1);
const exp = (z: Plain): Plain => plain(Math.exp(z.re) * Math.cos(z.im), Math.exp(z.re) * Math.sin(z.im));
const ln = (z: Plain): Plain => plain(Math.log(Math.hypot(z.re, z.im)), Math.atan2(z.im, z.re));
const sqrt = (z: Plain): Plain => {
	const size = Math.hypot(z.re, z.im);
	const re = Math.sqrt((size + Math.abs(z.re)) / 2);
	if (re === 0) return plain(0);
	const other = Math.abs(z.im) / 2 / re;
	const sign = z.im < 0 ? -1 : 1;
	return z.re >= 0 ? plain(re, sign * other) : plain(other, sign * re);
};
const sin = ({ re, im }: Plain): Plain => plain(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im));
const cos = ({ re, im }: Plain): Plain => plain(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
const sinh = (z: Plain): Plain => plain(Math.sinh(z.re) * Math.cos(z.im), Math.cosh(z.re) * Math.sin(z.im));
const cosh = (z: Plain): Plain => plain(Math.cosh(z.re) * Math.cos(z.im), Math.sinh(z.re) * Math.sin(z.im));
const asin = (z: Plain): Plain => {
	if (z.im === 0 && Math.abs(z.re) <= 1) return plain(Math.asin(z.re));
	const inside = ln(plus(times(I, z), sqrt(plus(plain(1), times(plain(-1), times(z, z))))));
	return times(plain(0, -1), inside);
};
const acos = (z: Plain): Plain => plus(plain(Math.PI / 2), times(plain(-1), asin(z)));
const atan = (z: Plain): Plain => {
	if (z.im === 0) return plain(Math.atan(z.re));
	const iz = times(I, z);
	return over(ln(over(plus(plain(1), iz), plus(plain(1), times(plain(-1), iz)))), plain(0, 2));
};
const inverse = (z: Plain): Plain => over(plain(1), z);

const FUNCTIONS = {
	exp,
	ln,
	sqrt,
	sin,
	cos,
	tan: (z) => over(sin(z), cos(z)),
	cot: (z) => over(cos(z), sin(z)),
	sec: (z) => inverse(cos(z)),
	csc: (z) => inverse(sin(z)),
	sinh,
	cosh,
	tanh: (z) => over(sinh(z), cosh(z)),
	arcsin: asin,
	arccos: acos,
	arctan: atan,
	arccot: (z) => atan(inverse(z)),
	arcsec: (z) => acos(inverse(z)),
	arccsc: (z) => asin(inverse(z)),
	abs: (z) => plain(Math.hypot(z.re, z.im)),
} as const satisfies Record<string, (z: Plain) => Plain>;

export type Unary = keyof typeof FUNCTIONS;

/** A function of one number, its error estimated by how far the result moves when the argument does. */
export function applyUnary(name: Unary, z: Approx): Approx {
	const f: (z: Plain) => Plain = FUNCTIONS[name];
	const result = f(z);
	const step = z.err + EPSILON * magnitude(z);
	const beside = f(plain(z.re + step, z.im));
	const moved = Math.hypot(beside.re - result.re, beside.im - result.im);
	return { ...result, err: moved + 4 * EPSILON * magnitude(result) };
}

/** `base ^ exponent`, the principal value. */
export function power(base: Approx, exponent: Approx): Approx {
	if (magnitude(base) === 0) return { re: exponent.re > 0 ? 0 : Number.NaN, im: 0, err: base.err };
	const log = applyUnary("ln", base);
	return applyUnary("exp", multiply(exponent, log));
}
