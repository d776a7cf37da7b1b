import { Column } from "./column.ts";

const branching = 8;

/**
 * A column that also keeps the minimum and maximum of every block of 8, 64, 512, ... values, so that the extent of any range costs a few
 * look-ups whatever its length. Blocks are finished as values arrive: appending stays O(1) amortised. NaN is left out of extents.
 */
export class PyramidColumn extends Column {
	readonly #levels: { min: Column; max: Column }[] = [];

	override push(value: number): void {
		super.push(value);
		let size = branching;
		for (let k = 0; this.length % size === 0; k++, size *= branching) this.#finishBlock(k, size);
	}

	override truncate(length: number): void {
		super.truncate(length);
		let size = branching;
		for (const level of this.#levels) {
			const blocks = Math.floor(this.length / size);
			level.min.truncate(blocks);
			level.max.truncate(blocks);
			size *= branching;
		}
	}

	/** Minimum and maximum over `[from, to)`; NaN when there is no number in it. Writes into `out` so that drawing allocates nothing. */
	extent(from: number, to: number, out: Extent): Extent {
		let min = Number.POSITIVE_INFINITY;
		let max = Number.NEGATIVE_INFINITY;
		let i = Math.max(0, from);
		const end = Math.min(to, this.length);
		while (i < end) {
			let k = -1;
			let size = 1;
			while (k + 1 < this.#levels.length && i % (size * branching) === 0 && i + size * branching <= end) {
				k++;
				size *= branching;
			}
			const level = this.#levels[k];
			const lo = level ? level.min.at(i / size) : this.at(i);
			const hi = level ? level.max.at(i / size) : lo;
			if (lo < min) min = lo;
			if (hi > max) max = hi;
			i += size;
		}
		out.min = min <= max ? min : Number.NaN;
		out.max = min <= max ? max : Number.NaN;
		return out;
	}

	#finishBlock(k: number, size: number): void {
		const level = this.#levels[k] ?? { min: new Column(), max: new Column() };
		this.#levels[k] = level;
		const below = this.#levels[k - 1];
		const step = size / branching;
		const start = this.length - size;
		let min = Number.NaN;
		let max = Number.NaN;
		for (let b = 0; b < branching; b++) {
			const lo = below ? below.min.at((start + b * step) / step) : this.at(start + b);
			const hi = below ? below.max.at((start + b * step) / step) : lo;
			if (!(lo >= min)) min = Number.isNaN(lo) ? min : lo;
			if (!(hi <= max)) max = Number.isNaN(hi) ? max : hi;
		}
		level.min.push(min);
		level.max.push(max);
	}
}

export interface Extent {
	min: number;
	max: number;
}
