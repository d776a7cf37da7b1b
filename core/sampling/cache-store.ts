import type { Feed } from "../runtime/tensors.ts";

/**
 * Makes caches of caches, in the form in which they are held: in the computer's memory or on the device. A cache is a key
 * or value cache of one layer, `[batch, length, width]`; the batch axis is counted in whole heads. What is given is read only,
 * and what is made is the caller's.
 */
export interface CacheStore {
	/** The sequences of all parts one after the other, each padded at its end to `length`; may be the part where it is one. */
	join(parts: readonly Feed[], length: number): Promise<Feed>;
	/**
	 * The cache that the next run starts from: past and recent tokens of the sequences still running, closed up.
	 * `moves[to]` is the number of the sequence that goes there.
	 */
	repack(past: Feed, recent: Feed, moves: readonly number[]): Promise<Feed>;
	/** The chosen sequences, in the order given. */
	select(cache: Feed, chosen: readonly number[]): Promise<Feed>;
}
