import { AppError } from "../../contract/errors.ts";

/** Number formats a weight file may hold, by safetensors name; the size is in bits because some are below a byte. */
export const DTYPE_BITS: Readonly<Record<string, number>> = {
	F64: 64,
	F32: 32,
	F16: 16,
	BF16: 16,
	F8_E5M2: 8,
	F8_E4M3: 8,
	F8_E8M0: 8,
	F6_E2M3: 6,
	F6_E3M2: 6,
	F4: 4,
	C64: 64,
	I64: 64,
	I32: 32,
	I16: 16,
	I8: 8,
	U64: 64,
	U32: 32,
	U16: 16,
	U8: 8,
	BOOL: 8,
};

/** The formats that we read into and write from Float32 arrays. */
export const FLOAT_DTYPES = ["F32", "F16", "BF16"] as const;
export type FloatDtype = (typeof FLOAT_DTYPES)[number];

export function isFloatDtype(dtype: string): dtype is FloatDtype {
	return (FLOAT_DTYPES as readonly string[]).includes(dtype);
}

/** Widens bfloat16 bit patterns; exact, since bfloat16 is the upper half of a float32. */
export function bf16ToF32(source: Uint16Array, target: Float32Array): void {
	const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
	for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
}

let halfTable: Float32Array | undefined;

/** Widens IEEE half precision bit patterns; exact. */
export function f16ToF32(source: Uint16Array, target: Float32Array): void {
	halfTable ??= buildHalfTable();
	for (let i = 0; i < source.length; i++) target[i] = halfTable[source[i] as number] as number;
}

function buildHalfTable(): Float32Array {
	const table = new Float32Array(65_536);
	for (let half = 0; half < 65_536; half++) {
		const exponent = (half >>> 10) & 31;
		const fraction = half & 1023;
		let magnitude: number;
		if (exponent === 0) magnitude = fraction * 2 ** -24;
		else if (exponent === 31) magnitude = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
		else magnitude = (1024 + fraction) * 2 ** (exponent - 25);
		table[half] = half >= 32_768 ? -magnitude : magnitude;
	}
	return table;
}

/** Narrows to bfloat16 bit patterns, rounding to nearest, ties to even; NaN stays NaN. */
export function f32ToBf16(source: Float32Array, target: Uint16Array): void {
	const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
	for (let i = 0; i < bits.length; i++) {
		const b = bits[i] as number;
		const nan = (b & 0x7fff_ffff) > 0x7f80_0000;
		// A NaN whose payload sits in the low half would round to infinity: keep the upper half and a quiet bit.
		target[i] = nan ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
	}
}

/** Narrows to IEEE half precision bit patterns, rounding to nearest, ties to even; too large becomes infinity. */
export function f32ToF16(source: Float32Array, target: Uint16Array): void {
	const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
	for (let i = 0; i < bits.length; i++) target[i] = halfOf(bits[i] as number);
}

/**
 * As `f32ToF16`, but refuses a finite value that would become infinity. Throws `config-invalid`; `tensor` names what holds
 * it, `hint` says what to do instead.
 */
export function f32ToFiniteF16(
	source: Float32Array,
	target: Uint16Array,
	{ tensor, hint }: { tensor: string; hint: string },
): void {
	f32ToF16(source, target);
	const at = target.findIndex((bits, i) => (bits & 0x7fff) === 0x7c00 && Number.isFinite(source[i]));
	if (at < 0) return;
	throw new AppError({
		code: "config-invalid",
		message: `${tensor} holds ${source[at]}, too large for half precision (65504 at most).`,
		hint,
	});
}

function halfOf(bits: number): number {
	const sign = (bits >>> 16) & 0x8000;
	const magnitude = bits & 0x7fff_ffff;
	if (magnitude > 0x7f80_0000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
	if (magnitude >= 0x477f_f000) return sign | 0x7c00; // 65520 and above round to infinity
	if (magnitude >= 0x3880_0000) {
		// Normal: round at bit 13, then move the exponent's bias from 127 to 15.
		return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x3800_0000) >>> 13);
	}
	if (magnitude < 0x3300_0000) return sign; // below half of the smallest subnormal
	const shift = 126 - (magnitude >>> 23);
	const mantissa = (magnitude & 0x7f_ffff) | 0x80_0000;
	const kept = mantissa >>> shift;
	const rest = mantissa & ((1 << shift) - 1);
	const half = 1 << (shift - 1);
	return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}
