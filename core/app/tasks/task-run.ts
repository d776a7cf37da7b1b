import { rm } from "node:fs/promises";
import type { EngineEvent, JobPhase } from "../../contract/events.ts";
import type { JobKind, JobResult, JobSpec, SpecOf } from "../../contract/jobs.ts";
import { type Job, startJob } from "../../engine/supervisor.ts";
import { type AppContext, type DataLookup, type ModelLookup, machineOf } from "../context.ts";
import type { RunService } from "../runs/service.ts";
import type { Thread } from "../threads/thread.ts";
import { generatedPath, removeUnfinished } from "./generated.ts";
import { NO_PROGRESS, type Progress, type TaskRecord } from "./record.ts";

export interface TaskServices {
	readonly context: AppContext;
	readonly data: DataLookup;
	readonly models: ModelLookup;
	readonly runs: RunService;
	/** Takes what would hold up the windows. */
	readonly thread: Thread;
}

/** A task was stopped by the user; its parts end with this. */
export class Stopped extends Error {}

const PHASES: Record<JobPhase, string> = {
	load: "Loads model and data",
	"reference-logprobs": "Computes log-probs",
	prepare: "Prepares the graph",
	"value-warmup": "The value function learns",
	train: "Trains",
	generate: "Generates",
	evaluate: "Evaluates",
	grade: "Grades",
	checkpoint: "Saves",
	export: "Writes the files",
	verify: "Reopens the files and compares",
};

/** A task at work: the jobs it runs one after the other, with their progress, and the way to stop them. */
export class TaskRun {
	readonly record: TaskRecord;
	readonly services: TaskServices;
	progress: Progress = NO_PROGRESS;
	stopping = false;
	/** Told of each change; one that only counts on may be told later. */
	readonly #changed: (what: "phase" | "count") => void;
	/** What a part is called when the task has several, such as "2 of 4: samples". */
	#part: string | null = null;
	#job: Job<unknown> | null = null;
	#stopPart: (() => void) | null = null;

	constructor(record: TaskRecord, services: TaskServices, changed: (what: "phase" | "count") => void) {
		this.record = record;
		this.services = services;
		this.#changed = changed;
	}

	get pid(): number | undefined {
		return this.#job?.pid;
	}

	/** What its jobs compute with. */
	get machine(): ReturnType<typeof machineOf> {
		return machineOf(this.services.context.settings());
	}

	part(name: string): void {
		this.#part = name;
		this.progress = { ...NO_PROGRESS, phase: name };
		this.#changed("phase");
		this.throwIfStopping();
	}

	/** Runs a job in its own process. Throws `Stopped` when it was stopped, and the job's own errors. */
	async job<K extends JobKind>(spec: JobSpec & SpecOf<K>): Promise<JobResult<K>> {
		this.throwIfStopping();
		const { engine } = this.services.context;
		const job = startJob<K>(spec, { ...engine, onEvent: (event) => this.#follow(event) });
		this.#job = job;
		try {
			const result = await job.result;
			if (result.reason === "stopped") throw new Stopped();
			return result;
		} catch (error) {
			if (this.stopping) throw new Stopped();
			throw error;
		} finally {
			this.#job = null;
		}
	}

	/** Does work that is not a job of its own; `stop` ends it in good order. Throws `Stopped` when it was stopped. */
	async during<T>(work: () => Promise<T>, stop: () => void): Promise<T> {
		this.throwIfStopping();
		this.#stopPart = stop;
		try {
			return await work();
		} finally {
			this.#stopPart = null;
			this.throwIfStopping();
		}
	}

	/** Progress of work that is not a job of its own. */
	report(progress: Omit<Progress, "phase">): void {
		this.progress = { phase: this.#part, ...progress };
		this.#changed("count");
	}

	/** Asks for an orderly end; asked again, or of a job that cannot end in good order, it ends at once. */
	stop(): void {
		const again = this.stopping || this.record.spec.kind === "export";
		this.stopping = true;
		if (again) this.#job?.kill();
		else this.#job?.stop();
		this.#stopPart?.();
		this.#changed("phase");
	}

	/** A value that an earlier try may have found already. */
	async once<T>(name: string, find: () => Promise<T>, parse: (known: unknown) => T): Promise<T> {
		if (name in this.record.found) return parse(this.record.found[name]);
		const value = await find();
		this.record.found[name] = value;
		this.#changed("count");
		return value;
	}

	/** A path for a file that it makes; the same at another try. */
	generated(suffix: string): string {
		return generatedPath(this.services.context.dataDir, this.record, suffix);
	}

	/** The same for a kind that starts over at another try: what the last one left is removed. */
	async anew(suffix: string): Promise<string> {
		const path = this.generated(suffix);
		await rm(path, { recursive: true, force: true });
		await removeUnfinished(path);
		return path;
	}

	register(path: string, name: string): void {
		const id = this.services.data.register({ path, name, origin: "made" });
		if (!this.record.dataIds.includes(id)) this.record.dataIds.push(id);
	}

	throwIfStopping(): void {
		if (this.stopping) throw new Stopped();
	}

	#follow(event: EngineEvent): void {
		if (event.type === "phase") {
			this.progress = { ...NO_PROGRESS, phase: this.#part ?? PHASES[event.phase] };
		} else if (event.type === "progress") {
			const { phase, done, total, secondsLeft } = event;
			this.progress = { phase: this.#part ?? PHASES[phase], done, total, secondsLeft };
		} else return;
		this.#changed(event.type === "phase" ? "phase" : "count");
	}
}
