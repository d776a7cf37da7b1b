/** A list of whole numbers below 2^32 that grows without holding objects. */
export class GrowingU32 {
	length = 0;
	#values = new Uint32Array(1024);

	push(value: number): void {
		if (this.length === this.#values.length) {
			const wider = new Uint32Array(2 * this.#values.length);
			wider.set(this.#values);
			this.#values = wider;
		}
		this.#values[this.length++] = value;
	}

	get(index: number): number {
		return this.#values[index] ?? 0;
	}

	set(index: number, value: number): void {
		this.#values[index] = value;
	}

	/** The numbers so far; a view, good until the next `push`. */
	view(): Uint32Array {
		return this.#values.subarray(0, this.length);
	}
}
