import { Thread } from "../threads/thread.ts";
import type { IndexInput, IndexProgress } from "./indexer.ts";
import type { Manifest } from "./manifest.ts";

/** Files read at a time; each keeps one core busy. */
const MAX_READING = 2;

interface Job {
	readonly id: string;
	readonly input: IndexInput;
	readonly onProgress: (progress: IndexProgress, secondsLeft: number | null) => void;
	readonly onEnd: (result: Manifest | Error) => void;
}

/** Reads data files on threads of their own, two at a time and the rest in turn. */
export class ReadingQueue {
	readonly #module: URL | undefined;
	readonly #waiting: Job[] = [];
	readonly #running = new Map<string, Thread>();
	/** Threads that finished a file and wait for the next: starting one takes longer than reading a small file. */
	readonly #idle: Thread[] = [];

	constructor(module: URL | undefined) {
		this.#module = module;
	}

	add(job: Job): void {
		this.#waiting.push(job);
		this.#startNext();
	}

	/** Ends the reading of a data set, begun or not; nothing is heard of it again. */
	cancel(id: string): void {
		const at = this.#waiting.findIndex((job) => job.id === id);
		if (at !== -1) this.#waiting.splice(at, 1);
		const thread = this.#running.get(id);
		this.#running.delete(id);
		thread?.close();
	}

	close(): void {
		this.#waiting.length = 0;
		for (const id of [...this.#running.keys()]) this.cancel(id);
		for (const thread of this.#idle.splice(0)) thread.close();
	}

	#startNext(): void {
		while (this.#running.size < MAX_READING) {
			const job = this.#waiting.shift();
			if (job === undefined) return;
			void this.#run(job);
		}
	}

	async #run(job: Job): Promise<void> {
		const thread = this.#idle.pop() ?? new Thread(this.#module);
		this.#running.set(job.id, thread);
		const started = Date.now();
		const result = await thread
			.ask("buildIndex", job.input, (progress) => {
				if (this.#running.get(job.id) !== thread) return;
				const elapsed = (Date.now() - started) / 1000;
				const known = elapsed > 1 && progress.share > 0.01;
				job.onProgress(progress, known ? (elapsed * (1 - progress.share)) / progress.share : null);
			})
			.catch((error: Error) => error);
		// A cancelled reading's thread was closed with it.
		if (this.#running.get(job.id) === thread) {
			this.#running.delete(job.id);
			this.#idle.push(thread);
			job.onEnd(result);
		}
		this.#startNext();
	}
}
