import { fromFailure, toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type {
	ModelSource,
	PlaygroundReply,
	PlaygroundRequest,
	PlaygroundResult,
} from "../../contract/playground.ts";
import { type Job, startJob } from "../../engine/supervisor.ts";
import { type AppContext, machineOf } from "../context.ts";

/** A process that nobody asked anything for this long ends; the next question starts another. */
const IDLE_MS = 10 * 60_000;

type OnReply = (reply: PlaygroundReply) => void;
const LAST: ReadonlySet<PlaygroundReply["type"]> = new Set(["final", "cancelled", "failed"]);

/** Keeps models loaded in an engine process and passes requests on to it; the process lives only while it is wanted. */
export class ModelProcess {
	readonly #context: AppContext;
	readonly #models: ModelSource[];
	readonly #idleMs: number;
	readonly #open = new Map<string, OnReply>();
	#job: Job<PlaygroundResult> | null = null;
	#idle: NodeJS.Timeout | undefined;

	constructor(context: AppContext, models: readonly ModelSource[], idleMs = IDLE_MS) {
		this.#context = context;
		this.#models = [...models];
		this.#idleMs = idleMs;
	}

	get pid(): number | undefined {
		return this.#job?.pid;
	}

	/** Every reply to the request goes to `onReply`; the last one is `final`, `cancelled` or `failed`. */
	ask(request: PlaygroundRequest, onReply: OnReply): void {
		clearTimeout(this.#idle);
		this.#open.set(request.requestId, onReply);
		this.#job ??= this.#start();
		this.#job.request(request);
	}

	/** The answers to a request; `onProgress` hears how many are written. Throws what it failed with, and `cancelled`. */
	answer(
		request: PlaygroundRequest,
		onProgress: (progress: Extract<PlaygroundReply, { type: "progress" }>) => void,
	): Promise<Extract<PlaygroundReply, { type: "final" }>> {
		return new Promise((resolve, reject) => {
			this.ask(request, (reply) => {
				if (reply.type === "progress") onProgress(reply);
				if (reply.type === "final") resolve(reply);
				if (reply.type === "failed") reject(fromFailure(reply.failure));
				if (reply.type === "cancelled") reject(cancelled());
			});
		});
	}

	cancel(requestId: string): void {
		this.#job?.cancelRequest(requestId);
	}

	/** Ends the process; what it was asked is told as cancelled. */
	close(): void {
		clearTimeout(this.#idle);
		const job = this.#job;
		this.#job = null;
		for (const [requestId, onReply] of this.#open) onReply({ type: "cancelled", requestId });
		this.#open.clear();
		job?.kill();
	}

	#start(): Job<PlaygroundResult> {
		const job = startJob<"playground">(
			{
				kind: "playground",
				models: this.#models,
				...machineOf(this.#context.settings()),
				eventsPath: null,
			},
			{ ...this.#context.engine, onReply: (reply) => this.#take(reply) },
		);
		job.result.then(
			() => this.#ended(job, cancelled()),
			(error: unknown) => this.#ended(job, error),
		);
		return job;
	}

	#take(reply: PlaygroundReply): void {
		const onReply = this.#open.get(reply.requestId);
		if (LAST.has(reply.type)) this.#open.delete(reply.requestId);
		if (this.#open.size === 0) {
			clearTimeout(this.#idle);
			this.#idle = setTimeout(() => this.close(), this.#idleMs);
			this.#idle.unref();
		}
		onReply?.(reply);
	}

	/** The process is gone; the next question starts another. */
	#ended(job: Job<PlaygroundResult>, error: unknown): void {
		if (this.#job !== job) return;
		this.#job = null;
		const failure = toFailure(error);
		for (const [requestId, onReply] of this.#open) onReply({ type: "failed", requestId, failure });
		this.#open.clear();
	}
}

function cancelled(): AppError {
	return new AppError({ code: "cancelled", message: "The answer was cancelled.", hint: "Ask again." });
}
