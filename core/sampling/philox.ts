/** High 32 bits of an unsigned 32 x 32 product. */
function mulHigh(a: number, b: number): number {
	const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
	const low = aLow * bLow;
	const middle = aHigh * bLow + (low >>> 16);
	const middleLow = aLow * bHigh + (middle & 0xffff);
	return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(middleLow / 65536)) >>> 0;
}

/**
 * Philox4x32-10, a counter-based generator (Salmon et al. 2011): writes the four unsigned 32-bit numbers that belong to
 * a 128-bit counter and a 64-bit key into `out`. Any place of the stream is computed on its own.
 */
export function philox(
	out: Uint32Array,
	c0: number,
	c1: number,
	c2: number,
	c3: number,
	k0: number,
	k1: number,
): void {
	let [a, b, c, d, x, y] = [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0, k0 >>> 0, k1 >>> 0];
	for (let round = 0; round < 10; round++) {
		const high0 = mulHigh(0xd2511f53, a);
		const low0 = Math.imul(0xd2511f53, a);
		const high1 = mulHigh(0xcd9e8d57, c);
		const low1 = Math.imul(0xcd9e8d57, c);
		a = (high1 ^ b ^ x) >>> 0;
		b = low1 >>> 0;
		c = (high0 ^ d ^ y) >>> 0;
		d = low0 >>> 0;
		x = (x + 0x9e3779b9) >>> 0;
		y = (y + 0xbb67ae85) >>> 0;
	}
	out[0] = a;
	out[1] = b;
	out[2] = c;
	out[3] = d;
}
