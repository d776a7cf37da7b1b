import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunSummary } from "../../contract/api-runs.ts";
import { toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { RunConfig } from "../../contract/run.ts";
import type { DeviceSlots } from "../../engine/device-slots.ts";
import { startJob } from "../../engine/supervisor.ts";
import { asFileError, guardFile, makeFolder } from "../../store/files.ts";
import { datedName, freeName } from "../../store/names.ts";
import { runLockHolder } from "../../store/run-lock.ts";
import type { AppContext } from "../context.ts";
import { Gpus } from "../devices/gpus.ts";
import { SummaryPushes } from "../pushes.ts";
import type { Queue } from "../queue/queue.ts";
import type { WatchRun } from "../window.ts";
import { type AppFile, writeAppFile } from "./app-file.ts";
import { RunEntry, type RunTurn, type TrialFacts } from "./entry.ts";
import { runNotice } from "./notice.ts";

/** How often folders are looked at for what other processes do in them. */
const LOOK_MS = 1000;
/** Least time between two readings of an event file while its engine speaks. */
const READ_MS = 80;
/** Time in which a run that has nothing to save may end by itself. */
const STOP_MS = 3000;

export type NewRun = Pick<AppFile, "name" | "modelId" | "modelName" | "dataId" | "dataName"> & {
	readonly config: RunConfig;
};

/** Every run of the data folder: what the files say of it, and the engine processes of those that this app started. */
export class RunService {
	readonly root: string;
	readonly #context: AppContext;
	readonly #queue: Queue;
	readonly #gpus: Gpus;
	#closed = false;
	readonly #entries = new Map<string, RunEntry>();
	readonly #pushes: SummaryPushes;
	readonly #reads = new Map<string, NodeJS.Timeout>();
	readonly #look: NodeJS.Timeout;

	constructor(context: AppContext, queue: Queue, gpus = new Gpus(context)) {
		this.#gpus = gpus;
		this.root = join(context.dataDir, "runs");
		this.#context = context;
		this.#queue = queue;
		this.#pushes = new SummaryPushes((id) => this.#pushNow(id));
		queue.register("run", {
			run: (id) => this.train(id),
			name: (id) => (this.#find(id) === undefined ? null : this.summary(id).name),
			secondsLeft: (id) => this.#find(id)?.reader.digest.secondsLeft ?? null,
			removed: (id) => this.#pushes.now(id),
		});
		this.#scan();
		this.#look = setInterval(() => {
			try {
				this.#lookAround();
			} catch (error) {
				// A disk that is gone for a moment may be there at the next look.
				if (!(error instanceof AppError)) throw error;
			}
		}, LOOK_MS);
		this.#look.unref();
	}

	/** Every run, sweeps' trials included, newest first. */
	async list(): Promise<RunSummary[]> {
		this.#scan();
		await Promise.all([...this.#entries.values()].map((entry) => entry.reader.update()));
		return [...this.#entries.keys()]
			.map((id) => this.summary(id))
			.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
	}

	/** Throws `run-missing`. */
	entry(id: string): RunEntry {
		const entry = this.#find(id);
		if (entry !== undefined) return entry;
		throw new AppError({
			code: "run-missing",
			message: `There is no run ${id}.`,
			hint: "It was deleted or moved; look at the list again.",
		});
	}

	/** The entry with all its events read. Throws `run-missing`. */
	async read(id: string): Promise<RunEntry> {
		const entry = this.entry(id);
		await entry.reader.update();
		return entry;
	}

	summary(id: string): RunSummary {
		return this.entry(id).summary(this.#queue.isWaiting("run", id));
	}

	/** Every run with its configuration, as far as it was read. */
	known(): { config: RunConfig | null; summary: RunSummary }[] {
		return [...this.#entries.values()].map(({ id, config }) => ({ config, summary: this.summary(id) }));
	}

	/** Makes a run's folder; nothing starts yet. Gives back its id. */
	create(run: NewRun, queue: boolean): string {
		const id = freeName(this.root, datedName(run.config.method));
		makeFolder(join(this.root, id));
		const { config, ...names } = run;
		writeAppFile(join(this.root, id), {
			schemaVersion: 1,
			...names,
			note: "",
			createdAt: Date.now(),
			config,
			changed: {},
			ended: null,
		});
		this.#take(new RunEntry(id, join(this.root, id)));
		if (queue) this.enqueue(id);
		return id;
	}

	enqueue(id: string): void {
		this.#queue.add("run", id);
		this.#pushes.now(id);
	}

	/** Takes up the runs of a sweep; they appear among the others. */
	addTrial(id: string, dir: string, facts: TrialFacts): void {
		if (!this.#entries.has(id)) this.#take(new RunEntry(id, dir, facts));
	}

	forget(id: string): void {
		this.#entries.delete(id);
		this.#context.hub.changed("runs");
	}

	/** Something has been written to its event file. */
	poke(id: string): void {
		if (this.#reads.has(id)) return;
		const timer = setTimeout(() => {
			this.#reads.delete(id);
			this.#find(id)
				?.reader.update()
				.catch(() => {});
		}, READ_MS);
		this.#reads.set(id, timer);
	}

	/** Tells windows of a run whose state may have changed without an event. */
	changed(id: string): void {
		this.#pushes.now(id);
	}

	/** Trains a run, or goes on with it, until it ends in whatever way; the queue or a task has given it its turn. */
	async train(id: string): Promise<void> {
		const entry = this.entry(id);
		const { config } = entry;
		if (config === null || entry.turn !== null || entry.control !== null) return;
		const turn: RunTurn = { waitsForGpu: false, left: new AbortController() };
		const { signal } = turn.left;
		entry.turn = turn;
		this.#pushes.now(id);
		let slots: DeviceSlots | null = null;
		let deviceId: number | null = null;
		try {
			await entry.reader.update();
			slots = await this.#gpus.slotsOf([config.provider]);
			turn.waitsForGpu = slots?.free === 0;
			if (turn.waitsForGpu) this.#pushes.now(id);
			deviceId = slots === null ? null : await slots.take(signal);
			if (signal.aborted || this.#closed) return;
			entry.turn = null;
			await this.#trainOn(deviceId, entry, config);
		} finally {
			entry.turn = null;
			if (deviceId !== null) slots?.release(deviceId);
			this.#pushes.now(id);
		}
		const notice = runNotice(this.summary(id));
		if (notice !== null) this.#context.hub.push(notice);
	}

	async #trainOn(deviceId: number | null, entry: RunEntry, config: RunConfig): Promise<void> {
		const { id } = entry;
		const spec = {
			kind: "train" as const,
			runDir: entry.dir,
			config: { ...config, ...entry.app.changed },
			resume: entry.begun,
			...(deviceId === null ? {} : { deviceId }),
		};
		const job = startJob<"train">(spec, { ...this.#context.engine, onEvent: () => this.poke(id) });
		entry.control = { job, startSeq: entry.reader.digest.lastSeq, stopping: false, killed: false };
		this.#pushes.now(id);
		try {
			await job.result;
			await entry.reader.update();
		} catch (error) {
			await entry.reader.update();
			this.#recordEnd(entry, error);
		} finally {
			entry.control = null;
			this.#pushes.now(id);
		}
	}

	/** Deletes a run's folder. Throws `usage` while a process works on it. */
	async remove(id: string): Promise<void> {
		const entry = this.entry(id);
		if (entry.busy || this.#queue.isWorking("run", id)) throw atWork(id);
		if (entry.trial !== null) {
			throw new AppError({
				code: "usage",
				message: `${id} belongs to a sweep.`,
				hint: "Delete the whole sweep.",
			});
		}
		if (this.#queue.isWaiting("run", id)) this.#queue.remove(`run:${id}`);
		this.#entries.delete(id);
		await rm(entry.dir, { recursive: true, force: true }).catch((error: unknown) => {
			throw asFileError(error, entry.dir);
		});
		this.#context.hub.changed("runs");
	}

	readonly watch: WatchRun = (id, after, listener) => {
		const entry = this.#find(id);
		return entry === undefined ? () => {} : entry.reader.watch(after, listener);
	};

	/** Processes that train runs now, sweeps' runs and those of other programs included, and what they said of their memory. */
	atWork(): { pids: number[]; memoryBytes: number } {
		const pids: number[] = [];
		let memoryBytes = 0;
		for (const { control, dir, reader } of this.#entries.values()) {
			const { state } = reader.digest;
			const may = control !== null || state === "started" || state === "paused";
			const pid = control?.job.pid ?? (may ? runLockHolder(dir) : null);
			if (pid === null) continue;
			pids.push(pid);
			memoryBytes += reader.digest.memoryBytes;
		}
		return { pids, memoryBytes };
	}

	/** Asks a run that trains to write a checkpoint and end; one that waits for a GPU or has nothing to write ends soon. */
	stop(id: string): void {
		const entry = this.#entries.get(id);
		entry?.turn?.left.abort();
		const control = entry?.control;
		if (!entry || !control) return;
		control.stopping = true;
		control.job.stop();
		// ONNX Runtime hears nothing while it prepares a graph, which takes minutes for a deep model.
		const end = () => {
			if (entry.control !== control || !isAllSaved(entry)) return;
			control.killed = true;
			control.job.kill();
		};
		setTimeout(end, STOP_MS).unref();
		this.#pushes.now(id);
	}

	stopAll(): void {
		this.#closed = true;
		for (const id of this.#entries.keys()) this.stop(id);
	}

	close(): void {
		clearInterval(this.#look);
		for (const timer of this.#reads.values()) clearTimeout(timer);
		this.#pushes.close();
	}

	/** What the event file cannot tell, because the process died before it could. */
	#recordEnd(entry: RunEntry, error: unknown): void {
		const { state, lastSeq } = entry.reader.digest;
		const told = lastSeq > (entry.control?.startSeq ?? 0) && state === "failed";
		if (told) return;
		const killed = entry.control?.killed === true;
		entry.changeApp({
			ended: {
				seq: lastSeq,
				state: killed ? "stopped" : "failed",
				failure: killed ? null : toFailure(inAppWords(error)),
			},
		});
	}

	#find(id: string): RunEntry | undefined {
		const known = this.#entries.get(id);
		if (known !== undefined) return known;
		this.#scan();
		return this.#entries.get(id);
	}

	/** Takes up run folders that appeared, and lets go of those that are gone. */
	#scan(): void {
		const names = existsSync(this.root) ? guardFile(this.root, () => readdirSync(this.root)) : [];
		for (const id of names) {
			if (this.#entries.has(id) || id.startsWith(".") || !isRun(join(this.root, id))) continue;
			this.#take(new RunEntry(id, join(this.root, id)));
		}
		const there = new Set(names);
		for (const [id, entry] of this.#entries) {
			if (entry.trial === null && !there.has(id) && entry.control === null) this.forget(id);
		}
	}

	#take(entry: RunEntry): void {
		this.#entries.set(entry.id, entry);
		entry.reader.listen((events) => {
			const quiet = events.every(({ type }) => type === "step" || type === "progress");
			if (quiet) this.#pushes.soon(entry.id);
			else this.#pushes.now(entry.id);
		});
		this.#context.hub.changed("runs");
	}

	/** Runs that another process trains have nobody to tell of their events. */
	#lookAround(): void {
		this.#scan();
		for (const [id, entry] of this.#entries) {
			if (entry.control !== null) continue;
			const { state } = entry.reader.digest;
			const alive = runLockHolder(entry.dir) !== null;
			if (alive) entry.reader.update().catch(() => {});
			else if (entry.seenAlive && (state === "started" || state === "paused")) {
				// The last events, and that it is over.
				void entry.reader
					.update()
					.catch(() => {})
					.then(() => this.#pushes.now(id));
			}
			entry.seenAlive = alive;
		}
	}

	#pushNow(id: string): void {
		const entry = this.#entries.get(id);
		if (entry !== undefined) this.#context.hub.push({ type: "run", run: this.summary(id) });
	}
}

/** The supervisor's hints name options of the command line. */
function inAppWords(error: unknown): unknown {
	if (!(error instanceof AppError) || error.code !== "engine-crashed") return error;
	const { reason } = (error.details ?? {}) as { reason?: string };
	const hint =
		reason === "out-of-memory"
			? "Resume it with fewer micro-batch tokens: it goes on from its last checkpoint, and the result is the same."
			: "Resume it: it goes on from its last checkpoint. The details hold what the engine said last.";
	return new AppError({ ...error.toBody(), hint });
}

/** Whether the newest checkpoint holds every step, and none is being written. */
function isAllSaved({ reader: { digest } }: RunEntry): boolean {
	return digest.step <= (digest.lastSavedStep ?? 0) && digest.phase !== "checkpoint";
}

function isRun(dir: string): boolean {
	return ["run.json", "app.json", "events.jsonl"].some((name) => existsSync(join(dir, name)));
}

function atWork(id: string): AppError {
	return new AppError({
		code: "usage",
		message: `${id} is at work.`,
		hint: "Stop it first.",
	});
}
