import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Push } from "../../contract/api.ts";
import type { SweepSummary } from "../../contract/api-sweeps.ts";
import { toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import { asFileError, makeFolder } from "../../store/files.ts";
import { datedName, freeName } from "../../store/names.ts";
import { runSweep } from "../../sweeps/run-sweep.ts";
import type { AppContext } from "../context.ts";
import { Gpus } from "../devices/gpus.ts";
import { SummaryPushes } from "../pushes.ts";
import type { Queue } from "../queue/queue.ts";
import { failureText } from "../runs/notice.ts";
import type { RunService } from "../runs/service.ts";
import { Thread } from "../threads/thread.ts";
import { type SweepFile, writeSweepFile } from "./app-file.ts";
import { SweepEntry } from "./entry.ts";

/** Every sweep of the data folder; those that this app runs have their trials in processes of their own. */
export class SweepService {
	readonly #context: AppContext;
	readonly #queue: Queue;
	readonly #gpus: Gpus;
	readonly #runs: RunService;
	readonly #root: string;
	readonly #entries = new Map<string, SweepEntry>();
	readonly #pushes: SummaryPushes;
	/** Counts the steps of all runs, which reads all their data. */
	readonly #planner: Thread;

	constructor(context: AppContext, queue: Queue, runs: RunService, gpus = new Gpus(context)) {
		this.#gpus = gpus;
		this.#context = context;
		this.#queue = queue;
		this.#runs = runs;
		this.#root = join(context.dataDir, "sweeps");
		this.#planner = new Thread(context.readingThread);
		this.#pushes = new SummaryPushes((id) => this.#pushNow(id));
		this.#scan();
		queue.register("sweep", {
			run: (id) => this.#run(this.entry(id)),
			name: (id) => this.#entries.get(id)?.name ?? null,
			secondsLeft: (id) => this.#entries.get(id)?.control?.secondsLeft ?? null,
			removed: (id) => this.#pushes.now(id),
		});
	}

	/** Newest first. */
	async list(): Promise<SweepSummary[]> {
		this.#scan();
		for (const entry of this.#entries.values()) await this.#readAnew(entry);
		return [...this.#entries.keys()].map((id) => this.summary(id)).sort((a, b) => b.createdAt - a.createdAt);
	}

	/** Throws `run-missing`. */
	entry(id: string): SweepEntry {
		const entry = this.#entries.get(id);
		if (entry !== undefined) return entry;
		throw new AppError({
			code: "run-missing",
			message: `There is no sweep ${id}.`,
			hint: "It was deleted or moved; look at the list again.",
		});
	}

	summary(id: string): SweepSummary {
		return this.entry(id).summary(this.#runs, this.isQueued(id));
	}

	isQueued(id: string): boolean {
		return this.#queue.isWaiting("sweep", id);
	}

	/** The entry as its files are now, with the events of its runs read. Throws `run-missing`. */
	async read(id: string): Promise<SweepEntry> {
		const entry = this.entry(id);
		await this.#readAnew(entry);
		return entry;
	}

	async #readAnew(entry: SweepEntry): Promise<void> {
		if (entry.changedElsewhere()) {
			entry.reload();
			this.#addTrials(entry);
		}
		await this.#readTrials(entry);
	}

	async #readTrials(entry: SweepEntry): Promise<void> {
		const ids = entry.plan?.trials.map((trial) => `${entry.id}/${trial.id}`) ?? [];
		await Promise.all(ids.map((id) => this.#runs.read(id)));
	}

	/** Queues a new sweep; gives back its id. */
	create(sweep: Pick<SweepFile, "name" | "modelName" | "dataName" | "config">): string {
		const id = freeName(this.#root, datedName("sweep"));
		const dir = join(this.#root, id);
		makeFolder(dir);
		writeSweepFile(dir, { schemaVersion: 1, ...sweep, createdAt: Date.now(), failure: null });
		this.#entries.set(id, new SweepEntry(id, dir));
		this.#context.hub.changed("sweeps");
		this.#queue.add("sweep", id);
		return id;
	}

	/** Asks for an orderly end; `kill` ends its runs at once. Throws `usage` where it is not at work here. */
	control(id: string, action: "stop" | "kill"): void {
		const entry = this.entry(id);
		if (this.isQueued(id)) {
			this.#queue.remove(`sweep:${id}`);
			return;
		}
		if (entry.control === null) throw notAtWork(entry);
		entry.control.stop.abort();
		if (action === "kill") entry.control.kill.abort();
		this.#pushes.now(id);
	}

	/** Queues it to go on; throws `usage` when nothing is left to do. */
	resume(id: string): void {
		const entry = this.entry(id);
		const state = entry.state(this.isQueued(id));
		if (!["stopped", "failed", "interrupted"].includes(state) || entry.busy) {
			throw new AppError({
				code: "usage",
				message: `${entry.name} is ${state}, so there is nothing to resume.`,
				hint: "Start a new sweep for other values.",
			});
		}
		entry.changeApp({ failure: null });
		this.#queue.add("sweep", id);
		this.#pushes.now(id);
	}

	rename(id: string, name: string): void {
		this.entry(id).changeApp({ name });
		this.#pushes.now(id);
	}

	async remove(id: string): Promise<void> {
		const entry = this.entry(id);
		if (entry.busy)
			throw new AppError({ code: "usage", message: `${entry.name} is at work.`, hint: "Stop it first." });
		if (this.isQueued(id)) this.#queue.remove(`sweep:${id}`);
		this.#entries.delete(id);
		for (const trial of entry.plan?.trials ?? []) this.#runs.forget(`${id}/${trial.id}`);
		await rm(entry.dir, { recursive: true, force: true }).catch((error: unknown) => {
			throw asFileError(error, entry.dir);
		});
		this.#context.hub.changed("sweeps");
	}

	/** Asks what is at work to end in good order; the queue waits for it. */
	stopAll(): void {
		for (const { control } of this.#entries.values()) control?.stop.abort();
	}

	close(): void {
		this.#planner.close();
		this.#pushes.close();
	}

	async #run(entry: SweepEntry): Promise<void> {
		const { id } = entry;
		const control = { stop: new AbortController(), kill: new AbortController(), secondsLeft: null };
		entry.control = control;
		this.#pushes.now(id);
		try {
			await this.#planOf(entry);
			if (!control.stop.signal.aborted) await this.#train(entry);
		} catch (error) {
			// A user who ends it at once wants no report of that.
			if (!control.kill.signal.aborted) entry.changeApp({ failure: toFailure(error) });
		} finally {
			entry.control = null;
			await this.#readTrials(entry).catch(() => {});
			this.#pushes.now(id);
		}
		const notice = sweepNotice(this.summary(id));
		if (notice !== null) this.#context.hub.push(notice);
	}

	async #planOf(entry: SweepEntry): Promise<void> {
		const { config } = entry;
		if (entry.plan !== null) return;
		if (config === null) throw new Error(`The sweep ${entry.id} has no configuration.`);
		const plan = await this.#planner.ask("planSweep", { config, cores: availableParallelism() });
		entry.store.writePlan(plan);
		entry.plan = plan;
		this.#addTrials(entry);
	}

	async #train(entry: SweepEntry): Promise<void> {
		const { control, id } = entry;
		if (control === null) return;
		const look = () => {
			for (const trial of entry.course.training) this.#runs.poke(`${id}/${trial}`);
			this.#pushes.soon(id);
		};
		await runSweep(null, {
			outDir: entry.dir,
			resume: true,
			stop: control.stop.signal,
			kill: control.kill.signal,
			host: this.#context.engine.host,
			env: this.#context.engine.env,
			slotsOf: (providers) => this.#gpus.slotsOf(providers),
			onProgress: ({ secondsLeft }) => {
				control.secondsLeft = secondsLeft;
				look();
			},
			onEvent: (event) => {
				entry.take(event);
				if ("trial" in event) this.#runs.changed(`${id}/${event.trial}`);
				look();
			},
		});
	}

	#scan(): void {
		if (!existsSync(this.#root)) return;
		for (const id of readdirSync(this.#root)) {
			const dir = join(this.#root, id);
			const isSweep = existsSync(join(dir, "app.json")) || existsSync(join(dir, "sweep.json"));
			if (this.#entries.has(id) || id.startsWith(".") || !isSweep) continue;
			const entry = new SweepEntry(id, dir);
			this.#entries.set(id, entry);
			this.#addTrials(entry);
		}
	}

	#addTrials(entry: SweepEntry): void {
		const { id, name, modelName, dataName, createdAt } = entry;
		for (const trial of entry.plan?.trials ?? []) {
			this.#runs.addTrial(`${id}/${trial.id}`, join(entry.store.trialsDir, trial.id), {
				sweepId: id,
				name: `${name} ${trial.id}`,
				...{ modelName, dataName, createdAt, config: trial.config },
				waiting: () => entry.control !== null || this.isQueued(id),
			});
		}
	}

	#pushNow(id: string): void {
		if (this.#entries.has(id)) this.#context.hub.push({ type: "sweep", sweep: this.summary(id) });
	}
}

function sweepNotice(sweep: SweepSummary): Push | null {
	const { id, name, state, best, failure, finished, failed, total } = sweep;
	const route = `/sweeps/${encodeURIComponent(id)}`;
	if (state === "completed" && failed === total) {
		const text = "None can be ranked. The sweep says why.";
		return { type: "notice", level: "bad", title: `${name}: every run failed`, text, route };
	}
	if (state === "completed") {
		const values = Object.entries(best?.values ?? {}).map(([field, value]) => `${field} ${value}`);
		const text = `${finished} of ${total} runs went to the end.${best === null ? "" : ` Best: ${values.join(", ")}.`}`;
		return { type: "notice", level: "good", title: `${name} finished`, text, route };
	}
	if (state !== "failed" || failure === null) return null;
	return { type: "notice", level: "bad", title: `${name} failed`, text: failureText(failure), route };
}

function notAtWork(entry: SweepEntry): AppError {
	return new AppError({
		code: "usage",
		message: `${entry.name} is not at work here.`,
		hint: entry.busy ? "Press Ctrl-C where it was started." : "Resume it first.",
	});
}
