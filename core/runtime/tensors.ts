import type { TensorData } from "../graph/graph.ts";

/** A dense array with its shape, in the computer's memory. */
export interface HostTensor {
	readonly shape: readonly number[];
	readonly data: TensorData;
}

/**
 * A tensor left in the memory of the device that computed it. Only sessions of this process and that device read it, and
 * whoever got it releases it.
 */
export abstract class ResidentTensor {
	abstract readonly shape: readonly number[];
	/** Gives the memory back; nothing can be fed with it afterwards. */
	abstract release(): void;
}

export type Feed = HostTensor | ResidentTensor;

export const isResident = (feed: Feed): feed is ResidentTensor => feed instanceof ResidentTensor;
