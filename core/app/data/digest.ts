/** A 64-bit hash in two halves. */
export interface Digest {
	high: number;
	low: number;
}

/**
 * Hash of a JSON value, the same for equal values whatever the order of their keys. Not cryptographic: among a million
 * rows that differ, the chance that any two share one is about 3 in 100 million, and all that follows is a false warning.
 */
export function digestOf(value: unknown): Digest {
	const state = { high: 0x9e3779b9, low: 0x811c9dc5 };
	mixValue(state, value);
	return { high: finish(state.high ^ state.low), low: finish(state.low + Math.imul(state.high, 5)) };
}

function mixValue(state: Digest, value: unknown): void {
	if (typeof value === "string") {
		mix(state, 1);
		mixText(state, value);
	} else if (Array.isArray(value)) {
		mix(state, 2);
		for (const item of value) mixValue(state, item);
		mix(state, 3);
	} else if (typeof value === "object" && value !== null) {
		mix(state, 4);
		for (const key of Object.keys(value).sort()) {
			mixText(state, key);
			mixValue(state, (value as Record<string, unknown>)[key]);
		}
		mix(state, 5);
	} else {
		mix(state, 6);
		mixText(state, String(value));
	}
}

function mixText(state: Digest, text: string): void {
	mix(state, text.length);
	let { high, low } = state;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		low = Math.imul(low ^ code, 0x01000193);
		high = Math.imul((high ^ code) + 0x7f4a7c15, 0x85ebca6b);
		high ^= high >>> 15;
	}
	state.high = high;
	state.low = low;
}

function mix(state: Digest, word: number): void {
	state.low = Math.imul(state.low ^ word, 0x01000193);
	state.high = Math.imul(state.high ^ word ^ (state.high >>> 13), 0x85ebca6b);
}

function finish(hash: number): number {
	let h = hash;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

/** Numbers by digest, twelve bytes a slot: rows and prompts are told apart without holding their text. */
export class DigestTable {
	#mask = 1023;
	#slots = new Uint32Array(3 * 1024);
	#used = 0;

	/** The number kept for the digest; `value` is kept, and undefined given, when there is none. */
	getOrPut({ high, low }: Digest, value: number): number | undefined {
		if (this.#used > 0.6 * this.#mask) this.#grow();
		const at = this.#find(this.#slots, this.#mask, high, low);
		const found = this.#slots[at + 2] ?? 0;
		if (found !== 0) return found - 1;
		this.#slots.set([high, low, value + 1], at);
		this.#used++;
		return undefined;
	}

	#find(slots: Uint32Array, mask: number, high: number, low: number): number {
		for (let slot = low & mask; ; slot = (slot + 1) & mask) {
			const at = 3 * slot;
			if (slots[at + 2] === 0 || (slots[at] === high && slots[at + 1] === low)) return at;
		}
	}

	#grow(): void {
		const mask = 2 * this.#mask + 1;
		const slots = new Uint32Array(3 * (mask + 1));
		for (let at = 0; at < this.#slots.length; at += 3) {
			if (this.#slots[at + 2] === 0) continue;
			const entry = this.#slots.subarray(at, at + 3);
			slots.set(entry, this.#find(slots, mask, entry[0] ?? 0, entry[1] ?? 0));
		}
		this.#slots = slots;
		this.#mask = mask;
	}
}
