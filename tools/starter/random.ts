/** A seeded stream of numbers (sfc32), so that the same seed rebuilds the same starter on every machine. */
export class Random {
	#a: number;
	#b: number;
	#c: number;
	#counter = 1;

	/** `stream` keeps independent uses of one seed (data, weights, order) from sharing numbers. */
	constructor(seed: number, stream: string) {
		const [a, b] = hash64(`${seed}/${stream}`);
		this.#a = a;
		this.#b = b;
		this.#c = seed | 0;
		for (let i = 0; i < 12; i++) this.#next();
	}

	#next(): number {
		const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
		this.#counter = (this.#counter + 1) | 0;
		this.#a = this.#b ^ (this.#b >>> 9);
		this.#b = (this.#c + (this.#c << 3)) | 0;
		this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
		return t >>> 0;
	}

	/** A number in [0, 1). */
	uniform(): number {
		return this.#next() / 4294967296;
	}

	/** A whole number from `low` to `high`, both included. */
	integer(low: number, high: number): number {
		return low + Math.floor(this.uniform() * (high - low + 1));
	}

	pick<T>(values: readonly T[]): T {
		return values[this.integer(0, values.length - 1)] as T;
	}

	/** A standard normal draw (Box-Muller). */
	normal(): number {
		return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
	}

	/** Shuffles in place (Fisher-Yates). */
	shuffle<T>(values: T[]): T[] {
		for (let i = values.length - 1; i > 0; i--) {
			const j = this.integer(0, i);
			[values[i], values[j]] = [values[j] as T, values[i] as T];
		}
		return values;
	}
}

/** Two 32-bit hashes of a text (FNV-1a with two offsets, finished by a murmur3 mix). */
export function hash64(text: string): [number, number] {
	let a = 0x811c9dc5;
	let b = 0x1b873593;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		a = Math.imul(a ^ code, 0x01000193);
		b = Math.imul(b ^ code, 0x5bd1e995);
	}
	return [mix(a), mix(b)];
}

function mix(h: number): number {
	let x = h ^ (h >>> 16);
	x = Math.imul(x, 0x85ebca6b);
	x ^= x >>> 13;
	x = Math.imul(x, 0xc2b2ae35);
	return (x ^ (x >>> 16)) >>> 0;
}
