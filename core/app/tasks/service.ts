import { join } from "node:path";
import type { Push } from "../../contract/api.ts";
import type { TaskSpec, TaskState } from "../../contract/api-tasks.ts";
import { toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import { newId } from "../ids.ts";
import { SummaryPushes } from "../pushes.ts";
import type { Queue } from "../queue/queue.ts";
import { failureText } from "../runs/notice.ts";
import { generatedPath, removeUnfinished } from "./generated.ts";
import { HEAVY, perform } from "./kinds.ts";
import { readTasks, type TaskRecord, taskState, writeTasks } from "./record.ts";
import { Stopped, TaskRun, type TaskServices } from "./task-run.ts";

/** Work besides training: started, followed, stopped, tried again; `tasks.json` keeps the list over restarts. */
export class TaskService {
	readonly #services: TaskServices;
	readonly #queue: Queue;
	readonly #path: string;
	readonly #records: Map<string, TaskRecord>;
	readonly #working = new Map<string, { task: TaskRun; ended: Promise<void> }>();
	readonly #pushes: SummaryPushes;

	constructor(services: TaskServices, queue: Queue) {
		this.#services = services;
		this.#queue = queue;
		this.#path = join(services.context.dataDir, "tasks.json");
		this.#records = new Map(readTasks(this.#path).map((record) => [record.id, record]));
		this.#pushes = new SummaryPushes((id) => this.#pushNow(id));
		for (const record of this.#records.values()) this.#recover(record);
		queue.register("task", {
			run: (id) => this.#work(this.#record(id)),
			name: (id) => this.#records.get(id)?.name ?? null,
			secondsLeft: (id) => this.#working.get(id)?.task.progress.secondsLeft ?? null,
			removed: (id) => this.#settle(this.#record(id), "stopped"),
		});
	}

	/** Newest first. */
	list(): TaskState[] {
		return [...this.#records.values()].map((record) => this.#state(record)).reverse();
	}

	/** Throws `usage` for an id that is not on the list. */
	get(id: string): TaskState {
		return this.#state(this.#record(id));
	}

	start(spec: TaskSpec): string {
		const id = newId();
		const record: TaskRecord = {
			id,
			name: spec.kind === "demo" ? "Quick start" : spec.name,
			spec,
			state: "waiting",
			createdAt: Date.now(),
			finishedAt: null,
			result: null,
			failure: null,
			dataIds: [],
			runId: null,
			found: {},
		};
		this.#records.set(id, record);
		this.#begin(record);
		return id;
	}

	/** Asks for an orderly end; asked a second time it ends at once. */
	cancel(id: string): void {
		const record = this.#record(id);
		const working = this.#working.get(id);
		if (working !== undefined) working.task.stop();
		else if (this.#queue.isWaiting("task", id)) this.#queue.remove(`task:${id}`);
		else throw notNow(record, "is over already", "Look at the list again.");
	}

	/** Takes it off the list; what it made stays. */
	async dismiss(id: string): Promise<void> {
		const record = this.#record(id);
		if (this.#isOpen(record)) throw notNow(record, "is not over yet", "Cancel it first.");
		this.#records.delete(id);
		this.#save();
		const { dataDir, hub } = this.#services.context;
		hub.changed("tasks");
		// Nothing can go on from them any more.
		await removeUnfinished(generatedPath(dataDir, record, ".jsonl"));
	}

	retry(id: string): void {
		const record = this.#record(id);
		if (this.#isOpen(record) || record.state === "completed")
			throw notNow(record, "has nothing to try again", "Start a new one.");
		Object.assign(record, { state: "waiting", failure: null, finishedAt: null, result: null });
		this.#begin(record);
	}

	/** Engine processes of tasks. */
	processIds(): number[] {
		return [...this.#working.values()].flatMap(({ task }) => task.pid ?? []);
	}

	async close(): Promise<void> {
		for (const { task } of this.#working.values()) task.stop();
		await Promise.all([...this.#working.values()].map(({ ended }) => ended));
		this.#pushes.close();
	}

	#begin(record: TaskRecord): void {
		this.#save();
		if (HEAVY.has(record.spec.kind)) this.#queue.add("task", record.id);
		else void this.#work(record);
		this.#pushes.now(record.id);
	}

	#work(record: TaskRecord): Promise<void> {
		const task = new TaskRun(record, this.#services, (what) =>
			what === "phase" ? this.#pushes.now(record.id) : this.#pushes.soon(record.id),
		);
		const ended = this.#perform(record, task);
		this.#working.set(record.id, { task, ended });
		return ended;
	}

	async #perform(record: TaskRecord, task: TaskRun): Promise<void> {
		record.state = "begun";
		this.#save();
		try {
			// In the next turn, so that the task is among those at work when its first progress is told.
			await null;
			record.result = await perform(task);
			this.#working.delete(record.id);
			this.#settle(record, "completed");
		} catch (error) {
			this.#working.delete(record.id);
			const stopped = error instanceof Stopped || task.stopping;
			if (!stopped) record.failure = toFailure(error);
			this.#settle(record, stopped ? "stopped" : "failed");
		}
	}

	#settle(record: TaskRecord, state: "completed" | "stopped" | "failed"): void {
		record.state = state;
		record.finishedAt = Date.now();
		this.#save();
		this.#pushes.now(record.id);
		const notice = noticeOf(record);
		if (notice !== null) this.#services.context.hub.push(notice);
	}

	/** What was begun when the app went down has no process any more. */
	#recover(record: TaskRecord): void {
		const lost = record.state === "waiting" && !this.#queue.isWaiting("task", record.id);
		if (record.state !== "begun" && !lost) return;
		record.state = "failed";
		record.finishedAt = Date.now();
		record.failure = {
			kind: "expected",
			error: {
				code: "cancelled",
				message: "The app was closed while this was at work.",
				hint: "Try again: what can be kept of the work so far is kept.",
			},
		};
	}

	#state(record: TaskRecord): TaskState {
		const task = this.#working.get(record.id)?.task;
		if (task !== undefined) return taskState(record, task.stopping ? "stopping" : "running", task.progress);
		const { state } = record;
		return taskState(record, state === "waiting" || state === "begun" ? "queued" : state);
	}

	#isOpen(record: TaskRecord): boolean {
		return record.state === "waiting" || record.state === "begun";
	}

	#record(id: string): TaskRecord {
		const record = this.#records.get(id);
		if (record !== undefined) return record;
		throw new AppError({
			code: "usage",
			message: "There is no such task.",
			hint: "It was taken off the list; look at it again.",
		});
	}

	#pushNow(id: string): void {
		const record = this.#records.get(id);
		if (record !== undefined) this.#services.context.hub.push({ type: "task", task: this.#state(record) });
	}

	/** A list that cannot be written, as on a full disk, must not end the work that it tells of. */
	#save(): void {
		const { hub } = this.#services.context;
		hub.saveOrTell("The list of tasks", () => writeTasks(this.#path, [...this.#records.values()]));
	}
}

function noticeOf(record: TaskRecord): Push | null {
	const { name, state, failure } = record;
	const route = routeOf(record);
	if (state === "completed")
		return { type: "notice", level: "good", title: `${name} is done`, text: "", route };
	if (state !== "failed" || failure === null) return null;
	return { type: "notice", level: "bad", title: `${name} failed`, text: failureText(failure), route };
}

/** The screen that shows what a task does or made. */
function routeOf({ id, spec, dataIds }: TaskRecord): string | null {
	if (spec.kind === "export" || spec.kind === "compare") return `/${spec.kind}?task=${id}`;
	if (spec.kind === "demo") return "/";
	const dataId = dataIds[0] ?? ("dataId" in spec ? spec.dataId : undefined);
	return dataId === undefined ? null : `/data/${dataId}`;
}

function notNow(record: TaskRecord, why: string, hint: string): AppError {
	return new AppError({ code: "usage", message: `${record.name} ${why}.`, hint });
}
