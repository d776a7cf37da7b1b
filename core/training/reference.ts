import { createHash } from "node:crypto";
import type { RunConfig } from "../contract/run.ts";
import { deviceInUse } from "../runtime/device.ts";
import type { GraphSession, SessionOptions } from "../runtime/session.ts";
import { cached } from "../store/cache.ts";
import { forEachTrajectory, type MicroBatch } from "./batches.ts";
import { inBatches, MicroBudget } from "./in-batches.ts";
import { headChunks, type ModelSource, referenceSession } from "./step-graph.ts";
import type { Trajectory } from "./trajectories.ts";

export type ReferenceLogProbs = (trajectory: Trajectory) => Float32Array;

export interface ReferenceOptions {
	readonly modelHash: string;
	readonly cacheDir: string;
	readonly session: SessionOptions;
	/** The run's own, which stays halved; one of the configuration's size unless given. */
	readonly budget?: MicroBudget;
	/** Called between micro-batches with trajectories done and in all; throws to cancel. */
	readonly onProgress: (done: number, total: number) => Promise<void>;
}

/**
 * log pi_ref of every response token, computed once for a model and its tokens, and kept on disk under the hash of
 * both; never inside the training loop.
 */
export async function referenceLogProbs(
	trajectories: readonly Trajectory[],
	source: ModelSource,
	config: RunConfig,
	options: ReferenceOptions,
): Promise<ReferenceLogProbs> {
	const { provider } = options.session.device ?? deviceInUse();
	// Devices round differently: what one computed is no reference for a policy that another computes.
	const key = {
		...{ kind: "reference-logprobs", model: options.modelHash, tokens: tokensHash(trajectories) },
		...(provider === "cpu" ? {} : { provider }),
		...(config.precision === "f32" ? {} : { precision: config.precision }),
	};
	const arrays = await cached(options.cacheDir, key, async () => {
		const flat = new Float32Array(trajectories.reduce((n, t) => n + t.response.length, 0));
		const offsets = offsetsOf(trajectories);
		const session = await referenceSession(source, config, options.session);
		const { vocabSize } = source.config;
		try {
			await frozenLogProbs(
				session,
				trajectories,
				{ ...config, vocabSize, ...(options.budget ? { budget: options.budget } : {}) },
				options.onProgress,
				(trajectory, logp) => flat.set(logp, offsets.get(trajectory)),
			);
		} finally {
			await session.release();
		}
		return new Map([["logp", flat]]);
	});
	const flat = arrays.get("logp") as Float32Array;
	const offsets = offsetsOf(trajectories);
	return (trajectory) => {
		const start = offsets.get(trajectory);
		if (start === undefined) throw new Error(`no reference log-probs for row ${trajectory.row}`);
		return flat.subarray(start, start + trajectory.response.length);
	};
}

/** Gives log pi of every token of each trajectory to `visit`; `session` is one that `referenceSession` made. */
export async function frozenLogProbs(
	session: GraphSession,
	trajectories: readonly Trajectory[],
	{
		sharePrompts,
		microTokens,
		vocabSize,
		budget = new MicroBudget(microTokens),
	}: Pick<RunConfig, "sharePrompts" | "microTokens"> & { vocabSize: number; budget?: MicroBudget },
	onProgress: ReferenceOptions["onProgress"],
	visit: (trajectory: Trajectory, logp: Float32Array) => void,
): Promise<void> {
	const lengthMultiple = headChunks(vocabSize, microTokens);
	let done = 0;
	const compute = async ({ feeds }: MicroBatch) => {
		await onProgress(done, trajectories.length);
		return session.run(feeds);
	};
	await inBatches(trajectories, { sharePrompts, budget, lengthMultiple }, compute, (batch, { logp }) =>
		forEachTrajectory(batch, logp?.data as Float32Array, (trajectory, tokens) => {
			visit(trajectory, tokens);
			done++;
		}),
	);
}

function offsetsOf(trajectories: readonly Trajectory[]): Map<Trajectory, number> {
	const offsets = new Map<Trajectory, number>();
	let offset = 0;
	for (const trajectory of trajectories) {
		offsets.set(trajectory, offset);
		offset += trajectory.response.length;
	}
	return offsets;
}

function tokensHash(trajectories: readonly Trajectory[]): string {
	const hash = createHash("sha256");
	for (const { prompt, response } of trajectories) {
		hash.update(Int32Array.of(prompt.length, response.length));
		hash.update(Int32Array.from(prompt));
		hash.update(Int32Array.from(response));
	}
	return hash.digest("hex");
}
