import { Worker } from "node:worker_threads";
import { type Failure, fromFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { Operations } from "./operations.ts";

export type OperationName = keyof Operations;
export type InputOf<K extends OperationName> = Parameters<Operations[K]>[0];
export type OutputOf<K extends OperationName> = Awaited<ReturnType<Operations[K]>>;
export type ProgressOf<K extends OperationName> = Parameters<Operations[K]>[1] extends (
	progress: infer P,
) => void
	? P
	: never;

/** What a thread is asked, and what it says back. Both ends are of one build, so the compiler checks them. */
export interface Question {
	readonly id: number;
	readonly operation: OperationName;
	readonly input: unknown;
}
export type Reply =
	| { readonly type: "progress"; readonly id: number; readonly progress: unknown }
	| { readonly type: "done"; readonly id: number; readonly output: unknown }
	| { readonly type: "failed"; readonly id: number; readonly failure: Failure };

/** Heap of a thread; one that needs more fails alone and takes nothing with it. */
const HEAP_MB = 2048;

interface Waiting {
	readonly resolve: (output: unknown) => void;
	readonly reject: (error: Error) => void;
	readonly onProgress: ((progress: unknown) => void) | undefined;
}

/**
 * Runs operations on a thread of its own, so that no file and no tokenizer, however large, holds up the windows. Plain
 * JavaScript only: ONNX Runtime is not safe in threads. The thread starts with the first question.
 */
export class Thread {
	readonly #module: URL;
	readonly #waiting = new Map<number, Waiting>();
	#worker: Worker | null = null;
	#next = 0;

	/** `module` is the built thread module; the source next to this one unless given. */
	constructor(module: URL = new URL("./main.ts", import.meta.url)) {
		this.#module = module;
	}

	/** Rejects with the operation's AppError, `out-of-memory` when it needs too much, and `cancelled` after `close`. */
	ask<K extends OperationName>(
		operation: K,
		input: InputOf<K>,
		onProgress?: (progress: ProgressOf<K>) => void,
	): Promise<OutputOf<K>> {
		const worker = this.#worker ?? this.#start();
		const id = this.#next++;
		return new Promise<OutputOf<K>>((resolve, reject) => {
			this.#waiting.set(id, {
				resolve: resolve as (output: unknown) => void,
				reject,
				onProgress: onProgress as ((progress: unknown) => void) | undefined,
			});
			// A thread that waits for questions must not keep the program alive; one that works on them must.
			worker.ref();
			worker.postMessage({ id, operation, input } satisfies Question);
		});
	}

	/** Ends the thread at once; what it was asked is rejected with `cancelled`. */
	close(): void {
		const worker = this.#worker;
		this.#worker = null;
		void worker?.terminate();
		this.#rejectAll(
			new AppError({
				code: "cancelled",
				message: "Reading was cancelled.",
				hint: "Start it again when needed.",
			}),
		);
	}

	#start(): Worker {
		const worker = new Worker(bootstrap(this.#module), {
			resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
			// What a library prints is not for the answer of a command.
			stdout: true,
		});
		this.#worker = worker;
		worker.on("message", (reply: Reply) => this.#take(reply));
		worker.on("error", (error: NodeJS.ErrnoException) => this.#died(worker, error));
		worker.on("exit", (code) => this.#died(worker, new Error(`The reading thread ended with code ${code}.`)));
		worker.unref();
		return worker;
	}

	#take(reply: Reply): void {
		const waiting = this.#waiting.get(reply.id);
		if (waiting === undefined) return;
		if (reply.type === "progress") {
			waiting.onProgress?.(reply.progress);
			return;
		}
		this.#waiting.delete(reply.id);
		if (this.#waiting.size === 0) this.#worker?.unref();
		if (reply.type === "done") waiting.resolve(reply.output);
		else waiting.reject(fromFailure(reply.failure));
	}

	#died(worker: Worker, error: NodeJS.ErrnoException): void {
		if (this.#worker !== worker) return;
		this.#worker = null;
		const tooLarge = error.code === "ERR_WORKER_OUT_OF_MEMORY";
		this.#rejectAll(tooLarge ? outOfMemory(error) : error);
	}

	#rejectAll(error: Error): void {
		const all = [...this.#waiting.values()];
		this.#waiting.clear();
		for (const { reject } of all) reject(error);
	}
}

/** Sources are read through tsx, which in a thread must be registered by hand; a built module starts as it is. */
function bootstrap(module: URL): URL {
	if (!module.pathname.endsWith(".ts")) return module;
	const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
	const code = `import { tsImport } from ${loader}; await tsImport(${JSON.stringify(module.href)}, ${JSON.stringify(import.meta.url)});`;
	return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

function outOfMemory(cause: Error): AppError {
	return new AppError(
		{
			code: "out-of-memory",
			message: `The file needs more than ${HEAP_MB} MiB of memory to be read.`,
			hint: "Look for one very large row or row group, and split the file.",
		},
		{ cause },
	);
}
