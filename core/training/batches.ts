import type { HostTensor } from "../runtime/tensors.ts";
import { groupBy } from "./group-by.ts";
import { Random } from "./random.ts";
import type { Trajectory } from "./trajectories.ts";

/** Responses of one prompt that are computed together. */
type Group = readonly Trajectory[];

/** A rectangle of groups that runs through the graph at once. */
export interface MicroBatch {
	readonly P: number;
	readonly K: number;
	readonly T: number;
	/** Trajectory of each of the P*K slots, null at padding. */
	readonly slots: readonly (Trajectory | null)[];
	/** Token ids and lengths, by the input names of the grouped layout, plus `targets` and `mask`. */
	readonly feeds: Readonly<Record<string, HostTensor>>;
}

export interface BatchOptions {
	/** Put a prompt's responses of one step into one group. */
	readonly sharePrompts: boolean;
	/** Padded tokens of a micro-batch. */
	readonly microTokens: number;
	/** T is a multiple of this. */
	readonly lengthMultiple: number;
}

export interface OrderOptions {
	/** Trajectories of an optimiser step, or pairs where the data are pairs. */
	readonly globalBatch: number;
	readonly seed: number;
	/** Shuffle responses one by one, so that neighbours answer different prompts. */
	readonly mixPrompts?: boolean;
}

/**
 * The trajectories of one epoch in their seeded order, cut into optimiser steps. Prompts are shuffled and their
 * responses stay together, so that a step can share each prompt's computation.
 */
export function epochSteps(
	trajectories: readonly Trajectory[],
	{ globalBatch, seed, mixPrompts = false }: OrderOptions,
	epoch: number,
): Trajectory[][] {
	const random = new Random("order", seed, epoch);
	const together = mixPrompts ? trajectories.map((t) => [t]) : [...groupBy(trajectories, groupKey).values()];
	const ordered = random
		.shuffle(together)
		.flatMap((group) => (isPaired(group) ? group : random.shuffle([...group])));
	const size = globalBatch * trajectoriesPerItem(trajectories);
	const steps: Trajectory[][] = [];
	for (let i = 0; i < ordered.length; i += size) steps.push(ordered.slice(i, i + size));
	return steps;
}

/** Trajectories in one item of a batch: 2 where the data are pairs. */
export const trajectoriesPerItem = (trajectories: readonly Trajectory[]): number =>
	isPaired(trajectories) ? 2 : 1;

/** What belongs into one group: the two of a pair, or the responses of a prompt. */
const groupKey = (t: Trajectory): string => (t.pair === undefined ? t.promptKey : `pair ${t.pair}`);

const isPaired = (group: readonly Trajectory[]): boolean => group[0]?.pair !== undefined;

/** Packs trajectories into micro-batches of similar length, so that little of each is padding. */
export function microBatches(trajectories: readonly Trajectory[], options: BatchOptions): MicroBatch[] {
	const groups: Group[] =
		options.sharePrompts || isPaired(trajectories)
			? [...groupBy(trajectories, groupKey).values()]
			: trajectories.map((t) => [t]);
	const longest = (group: Group) => Math.max(...group.map((t) => t.response.length));
	const sorted = groups
		.flatMap((group) => (isPaired(group) ? [group] : splitLarge(group, options)))
		.map((group) => ({ group, T: longest(group), L: (group[0] as Trajectory).prompt.length }))
		.sort((a, b) => b.group.length - a.group.length || b.T - a.T || b.L - a.L);
	const batches: MicroBatch[] = [];
	let open: typeof sorted = [];
	const size = (list: typeof sorted) => {
		const [K, T, L] = [max(list, (g) => g.group.length), max(list, (g) => g.T), max(list, (g) => g.L)];
		return list.length * (L + K * roundUp(T, options.lengthMultiple));
	};
	for (const group of sorted) {
		if (open.length > 0 && size([...open, group]) > options.microTokens) {
			batches.push(
				pack(
					open.map((g) => g.group),
					options.lengthMultiple,
				),
			);
			open = [];
		}
		open.push(group);
	}
	if (open.length > 0)
		batches.push(
			pack(
				open.map((g) => g.group),
				options.lengthMultiple,
			),
		);
	return batches;
}

/** A prompt with more responses than a micro-batch holds becomes several groups. */
function splitLarge(group: Group, { microTokens, lengthMultiple }: BatchOptions): Group[] {
	const prompt = (group[0] as Trajectory).prompt.length;
	const sorted = [...group].sort((a, b) => b.response.length - a.response.length);
	const pieces: Trajectory[][] = [];
	let piece: Trajectory[] = [];
	for (const trajectory of sorted) {
		const T = roundUp((piece[0] ?? trajectory).response.length, lengthMultiple);
		if (piece.length > 0 && prompt + (piece.length + 1) * T > microTokens) {
			pieces.push(piece);
			piece = [];
		}
		piece.push(trajectory);
	}
	pieces.push(piece);
	return pieces;
}

/** Lays groups out for the grouped layout; see `models/layout.ts`. */
function pack(groups: readonly Group[], lengthMultiple: number): MicroBatch {
	const P = groups.length;
	const K = Math.max(...groups.map((g) => g.length));
	const T = roundUp(Math.max(...groups.flatMap((g) => g.map((t) => t.response.length))), lengthMultiple);
	const L = Math.max(1, ...groups.map((g) => (g[0] as Trajectory).prompt.length - 1));
	const promptIds = new BigInt64Array(P * L);
	const prefixLengths = new BigInt64Array(P);
	const responseIds = new BigInt64Array(P * K * T);
	const targets = new BigInt64Array(P * K * T);
	const mask = new Float32Array(P * K * T);
	const slots: (Trajectory | null)[] = Array(P * K).fill(null);
	groups.forEach((group, p) => {
		const { prompt } = group[0] as Trajectory;
		prefixLengths[p] = BigInt(prompt.length - 1);
		for (let i = 0; i < prompt.length - 1; i++) promptIds[p * L + i] = BigInt(prompt[i] as number);
		group.forEach((trajectory, k) => {
			const slot = p * K + k;
			slots[slot] = trajectory;
			let previous = prompt[prompt.length - 1] as number;
			trajectory.response.forEach((token, t) => {
				responseIds[slot * T + t] = BigInt(previous);
				targets[slot * T + t] = BigInt(token);
				mask[slot * T + t] = 1;
				previous = token;
			});
		});
	});
	const shape = [P, K, T];
	return {
		P,
		K,
		T,
		slots,
		feeds: {
			prompt_ids: { shape: [P, L], data: promptIds },
			prefix_lengths: { shape: [P], data: prefixLengths },
			response_ids: { shape, data: responseIds },
			targets: { shape, data: targets },
			mask: { shape, data: mask },
		},
	};
}

/** A `[P, K, T]` feed filled from a number per token of each trajectory, 0 at padding. */
export function tokenFeed(
	batch: MicroBatch,
	tokens: (trajectory: Trajectory) => ArrayLike<number>,
): HostTensor {
	const { P, K, T, slots } = batch;
	const data = new Float32Array(P * K * T);
	slots.forEach((trajectory, slot) => {
		if (trajectory) data.set(Float32Array.from(tokens(trajectory)), slot * T);
	});
	return { shape: [P, K, T], data };
}

/** Calls `visit` with each trajectory of the batch and its tokens' slice of a `[P, K, T]` output. */
export function forEachTrajectory(
	batch: MicroBatch,
	output: Float32Array,
	visit: (trajectory: Trajectory, tokens: Float32Array) => void,
): void {
	batch.slots.forEach((trajectory, slot) => {
		if (!trajectory) return;
		const start = slot * batch.T;
		visit(trajectory, output.subarray(start, start + trajectory.response.length));
	});
}

const roundUp = (x: number, multiple: number) => Math.ceil(x / multiple) * multiple;
const max = <T>(list: readonly T[], of: (item: T) => number) =>
	list.reduce((m, item) => Math.max(m, of(item)), 0);
