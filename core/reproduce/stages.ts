import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readVersioned, type VersionedFormat, writeVersioned } from "../store/versioned.ts";

/** A piece of work whose result is a file: done once, whatever happens in between. */
export interface Stage {
	readonly id: string;
	/** Seconds it is expected to take, for the time left. */
	readonly seconds: number;
	/** Does the work; its result is anything JSON holds. */
	run(): Promise<unknown>;
}

const stageSchema = z.strictObject({
	schemaVersion: z.literal(2),
	id: z.string(),
	seconds: z.number().min(0),
	result: z.unknown(),
});
const STAGE: VersionedFormat<z.infer<typeof stageSchema>> = {
	what: "stage's result",
	version: 2,
	schema: stageSchema,
	migrations: { 1: (old) => ({ ...old, result: withAucWithin(old.result) }) },
};

const valuesV1 = z.looseObject({ checkpoints: z.array(z.looseObject({ auc: z.number().nullable() })) });

/** Version 1 did not measure the AUC within prompts. */
function withAucWithin(result: unknown): unknown {
	const values = valuesV1.safeParse(result);
	if (!values.success) return result;
	return {
		...values.data,
		checkpoints: values.data.checkpoints.map((checkpoint) => ({ ...checkpoint, aucWithinPrompt: null })),
	};
}

/** The results of finished stages, `<dir>/<id>.json` each. */
export class StageStore {
	readonly dir: string;

	constructor(dir: string) {
		this.dir = dir;
	}

	has(id: string): boolean {
		return existsSync(this.path(id));
	}

	/** Result of a finished stage, checked; throws `file-missing` or `file-corrupt`. */
	read<T>(id: string, schema: z.ZodType<T>): T {
		return schema.parse(readVersioned(this.path(id), STAGE).result);
	}

	seconds(id: string): number {
		return readVersioned(this.path(id), STAGE).seconds;
	}

	write(id: string, seconds: number, result: unknown): void {
		writeVersioned(this.path(id), STAGE, { schemaVersion: 2, id, seconds, result });
	}

	private path(id: string): string {
		return join(this.dir, `${id}.json`);
	}
}

export interface Progress {
	readonly id: string;
	readonly done: number;
	readonly total: number;
	/** From the work still to do and how the stages so far compared with what was expected of them. */
	readonly secondsLeft: number;
}

/** Expected work, in seconds, that counts as done at the expected pace. */
const PRIOR_SECONDS = 60;

/** Keeps track of all stages of a plan over its phases, for progress. */
export class Clock {
	private finished = 0;
	private expected = 0;
	private remaining: number;
	private readonly total: number;
	private readonly parallel: number;
	private readonly started: number;
	private readonly now: () => number;

	/** `seconds` of one-stage-at-a-time work in `total` stages; `now` in milliseconds. */
	constructor(total: number, seconds: number, parallel: number, now = () => performance.now()) {
		this.total = total;
		this.remaining = seconds;
		this.parallel = parallel;
		this.now = now;
		this.started = now();
	}

	/** Counts a stage that was there already. */
	skip(stage: Pick<Stage, "seconds">): void {
		this.finished++;
		this.remaining -= stage.seconds;
	}

	finish(stage: Pick<Stage, "id" | "seconds">): Progress {
		this.skip(stage);
		this.expected += stage.seconds;
		const elapsed = (this.now() - this.started) / 1000;
		// Other load on the machine shows in the stages so far; a minute as expected keeps the first ones from deciding.
		const pace = (elapsed + PRIOR_SECONDS / this.parallel) / (this.expected + PRIOR_SECONDS);
		const secondsLeft = Math.max(0, this.remaining) * pace;
		return { id: stage.id, done: this.finished, total: this.total, secondsLeft };
	}
}

/**
 * Runs the stages that have no result yet, `parallel` at a time, in order. The first failure lets the others that run
 * finish and is then thrown.
 */
export async function runStages(
	stages: readonly Stage[],
	store: StageStore,
	parallel: number,
	clock: Clock,
	onDone: (progress: Progress) => void,
): Promise<void> {
	const waiting = stages.filter((stage) => {
		if (!store.has(stage.id)) return true;
		clock.skip(stage);
		return false;
	});
	let failure: { error: unknown } | null = null;
	const worker = async () => {
		for (let stage = waiting.shift(); stage && failure === null; stage = waiting.shift()) {
			const started = performance.now();
			try {
				const result = await stage.run();
				store.write(stage.id, (performance.now() - started) / 1000, result);
			} catch (error) {
				failure ??= { error };
				return;
			}
			onDone(clock.finish(stage));
		}
	};
	await Promise.all(Array.from({ length: parallel }, worker));
	if (failure !== null) throw (failure as { error: unknown }).error;
}
