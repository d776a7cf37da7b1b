import { existsSync } from "node:fs";
import { type Failure, toFailure } from "../../contract/error-body.ts";
import { Thread } from "../threads/thread.ts";
import type { CountInput } from "./lengths.ts";

/** A count that nobody asked about for so long gives way to another of the same data set. */
const STALE_MS = 3000;

export type LengthState =
	| { state: "computing"; done: number; total: number }
	| { state: "ready" }
	| { state: "failed"; failure: Failure };

interface Job {
	readonly input: CountInput;
	readonly total: number;
	done: number;
	askedAt: number;
	thread: Thread | null;
}

/** Counts tokens in the background, one data set at a time, and keeps the counts beside the index. */
export class LengthJobs {
	readonly #module: URL | undefined;
	readonly #onChange: () => void;
	readonly #jobs = new Map<string, Job>();
	readonly #failed = new Map<string, Failure>();

	constructor(module: URL | undefined, onChange: () => void) {
		this.#module = module;
		this.#onChange = onChange;
	}

	/** How far the counts of `input.path` are; begins them when nobody did. `total` is the number of examples. */
	ask(input: CountInput, total: number): LengthState {
		if (existsSync(input.path)) return { state: "ready" };
		const failure = this.#failed.get(input.path);
		if (failure !== undefined) return { state: "failed", failure };
		let job = this.#jobs.get(input.path);
		if (job === undefined) {
			this.#dropStale(input.dir);
			job = { input, total, done: 0, askedAt: 0, thread: null };
			this.#jobs.set(input.path, job);
		}
		job.askedAt = Date.now();
		this.#startNext();
		return { state: "computing", done: job.done, total };
	}

	close(): void {
		for (const job of [...this.#jobs.values()]) this.#drop(job);
	}

	/** Drops what nobody waits for: other counts of the same index, and those of a data set that was removed or read anew. */
	#dropStale(dir: string): void {
		for (const job of [...this.#jobs.values()]) {
			const stale = job.input.dir === dir && Date.now() - job.askedAt > STALE_MS;
			if (stale || !existsSync(job.input.dir)) this.#drop(job);
		}
	}

	#drop(job: Job): void {
		this.#jobs.delete(job.input.path);
		job.thread?.close();
	}

	#startNext(): void {
		const jobs = [...this.#jobs.values()];
		if (jobs.some((job) => job.thread !== null)) return;
		const newest = jobs.sort((a, b) => b.askedAt - a.askedAt)[0];
		if (newest !== undefined) void this.#run(newest);
	}

	async #run(job: Job): Promise<void> {
		const { path } = job.input;
		job.thread = new Thread(this.#module);
		try {
			await job.thread.ask("countLengths", job.input, ({ done }) => {
				job.done = done;
				this.#onChange();
			});
		} catch (error) {
			if (this.#jobs.get(path) === job) this.#failed.set(path, toFailure(error));
		} finally {
			job.thread.close();
			if (this.#jobs.get(path) === job) this.#jobs.delete(path);
		}
		this.#onChange();
		this.#startNext();
	}
}
