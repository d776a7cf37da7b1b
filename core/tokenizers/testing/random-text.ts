import { readFileSync } from "node:fs";
import path from "node:path";

interface Source {
	ranges: [low: number, high: number][];
	fragments: string[];
}

const file = path.resolve(import.meta.dirname, "../../../fixtures/tokenizers/random-text.json");
const { ranges, fragments } = JSON.parse(readFileSync(file, "utf8")) as Source;

/** mulberry32: whole numbers of 32 bits below a bound. */
export function random(seed: number): (bound: number) => number {
	let state = seed;
	return (bound) => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) % bound;
	};
}

/** The random Unicode string of this number, the same as `random_text` of tools/reference/random_text.py gives. */
export function randomText(index: number): string {
	const below = random(index);
	const repeat = (count: number, one: () => string) => Array.from({ length: count }, one).join("");
	const scalar = (bound: number): string => {
		const value = below(bound);
		return String.fromCodePoint(value < 0xd800 ? value : value + 0x800);
	};
	const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
	const piece = (): string => {
		const kind = below(8);
		if (kind === 0) return scalar(0x10f800);
		if (kind === 1) return repeat(1 + below(3), () => scalar(0xf800));
		if (kind <= 4) {
			const [low, high] = pick(ranges);
			return repeat(1 + below(6), () => String.fromCodePoint(low + below(high - low + 1)));
		}
		const fragment = pick(fragments);
		return kind === 7 ? fragment.repeat(1 + below(8)) : fragment;
	};
	return repeat(1 + below(10), piece);
}
