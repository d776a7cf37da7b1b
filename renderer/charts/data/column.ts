/** Numbers that only grow: a `Float64Array` that doubles, so appending is O(1) and nothing is boxed. */
export class Column {
	#data: Float64Array;
	#length = 0;

	constructor(capacity = 64) {
		this.#data = new Float64Array(capacity);
	}

	get length(): number {
		return this.#length;
	}

	push(value: number): void {
		if (this.#length === this.#data.length) {
			const grown = new Float64Array(this.#data.length * 2);
			grown.set(this.#data);
			this.#data = grown;
		}
		this.#data[this.#length++] = value;
	}

	/** The value at `i`, NaN outside. */
	at(i: number): number {
		return i >= 0 && i < this.#length ? (this.#data[i] as number) : Number.NaN;
	}

	truncate(length: number): void {
		if (length < this.#length) this.#length = length;
	}

	/** First index whose value is >= `x`, searched from `from`; the column must not fall. */
	lowerBound(x: number, from = 0): number {
		let lo = from;
		let hi = this.#length;
		while (lo < hi) {
			const mid = (lo + hi) >>> 1;
			if ((this.#data[mid] as number) < x) lo = mid + 1;
			else hi = mid;
		}
		return lo;
	}

	/** Index of the value closest to `x`, -1 when empty; the column must not fall. */
	nearest(x: number): number {
		const after = this.lowerBound(x);
		if (after === 0) return this.#length === 0 ? -1 : 0;
		if (after === this.#length) return after - 1;
		return this.at(after) - x < x - this.at(after - 1) ? after : after - 1;
	}
}
