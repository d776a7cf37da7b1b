import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { toFailure } from "../contract/error-body.ts";
import { AppError } from "../contract/errors.ts";
import type { EventBody } from "../contract/events.ts";
import type { JobTable, SessionContext } from "../contract/job.ts";
import { type JobSpec, jobResultSchemas } from "../contract/jobs.ts";
import { type FromEngine, toEngineSchema } from "../contract/messages.ts";
import { playgroundReplySchema } from "../contract/playground.ts";
import { makeFolder } from "../store/files.ts";
import { takeRunLock } from "../store/run-lock.ts";
import { EventLog } from "./event-log.ts";
import { RequestQueue } from "./request-queue.ts";

/** The file a job's events lie in, or null when they are only sent. */
function eventsPathOf(spec: JobSpec): string | null {
	if (spec.kind === "train") return join(spec.runDir, "events.jsonl");
	return "eventsPath" in spec ? spec.eventsPath : null;
}

/** Runs one job in this child process: waits for `start`, runs, answers `done` or `fatal`, exits. */
export function runHost(jobs: JobTable): void {
	if (process.send === undefined) throw new Error("The engine host must be started by its supervisor.");
	const state = new HostState();
	let started = false;
	process.on("message", (raw) => {
		const message = toEngineSchema.parse(raw);
		switch (message.type) {
			case "start":
				if (started) throw new Error("The engine host runs one job only.");
				started = true;
				void run(jobs, message.spec, state);
				return;
			case "stop":
				state.stop();
				return;
			case "checkpoint-now":
				state.checkpointRequested = true;
				return;
			case "pause":
				state.pause();
				return;
			case "resume":
				state.resume();
				return;
			case "request":
				state.requests.add(message.request);
				return;
			case "cancel-request":
				state.requests.cancel(message.requestId);
		}
	});
	// A terminal sends Ctrl-C to the whole process group; the supervisor decides what it means.
	process.on("SIGINT", () => {});
	// Without a supervisor nobody is watching: keep what was learnt and leave.
	process.on("disconnect", () => {
		if (!started) process.exit(0);
		state.stop();
	});
}

async function run(jobs: JobTable, spec: JobSpec, state: HostState): Promise<void> {
	let events: EventLog | null = null;
	const emit = (body: EventBody) => {
		if (events === null) throw new Error("An event was emitted before the event file was opened.");
		void send({ type: "event", event: events.append(body) });
	};
	let last: FromEngine;
	let unlock = () => {};
	try {
		checkPlace(spec);
		// An engine whose supervisor was killed may still be finishing a batch: no second one may write beside it.
		if (spec.kind === "train") unlock = takeRunLock(spec.runDir);
		events = openEvents(spec);
		emit({ type: "run-started", job: spec.kind });
		const result = await dispatch(jobs, spec, state.context(emit));
		emit({ type: "run-finished", reason: result.reason, summary: result });
		last = { type: "done", result };
	} catch (thrown) {
		const failure = toFailure(thrown);
		try {
			emit({ type: "run-failed", failure });
		} catch {
			// The event file itself is what failed (a full disk, say); `fatal` carries the first failure.
		}
		last = { type: "fatal", failure };
	}
	events?.close();
	unlock();
	await send(last);
	process.exit(last.type === "done" ? 0 : 1);
}

/** A run is neither overwritten nor continued by accident; looked at first, because the lock makes the folder. */
function checkPlace(spec: JobSpec): void {
	// The configuration is written once the inputs were found good; before that a failed start may be repeated.
	const exists = spec.kind === "train" && existsSync(join(spec.runDir, "run.json"));
	if (spec.kind === "train" && exists && !spec.resume) {
		throw new AppError({
			code: "run-exists",
			message: `${spec.runDir} already holds a run.`,
			hint: "Continue it with --resume, or choose another folder.",
		});
	}
	if (spec.kind === "train" && !exists && spec.resume) {
		throw new AppError({
			code: "run-missing",
			message: `${spec.runDir} holds no run to continue.`,
			hint: "Check the folder, or leave out --resume to start a new run.",
		});
	}
}

/** Opens the job's event file. */
function openEvents(spec: JobSpec): EventLog {
	const path = eventsPathOf(spec);
	if (path === null) return new EventLog(null);
	makeFolder(dirname(path));
	return new EventLog(path);
}

function dispatch(jobs: JobTable, spec: JobSpec, context: SessionContext) {
	switch (spec.kind) {
		case "train":
			return jobs.train(spec, context).then((result) => jobResultSchemas.train.parse(result));
		case "generate":
			return jobs.generate(spec, context).then((result) => jobResultSchemas.generate.parse(result));
		case "process-scores":
			return jobs["process-scores"](spec, context).then((result) =>
				jobResultSchemas["process-scores"].parse(result),
			);
		case "evaluate":
			return jobs.evaluate(spec, context).then((result) => jobResultSchemas.evaluate.parse(result));
		case "values":
			return jobs.values(spec, context).then((result) => jobResultSchemas.values.parse(result));
		case "export":
			return jobs.export(spec, context).then((result) => jobResultSchemas.export.parse(result));
		case "grade":
			return jobs.grade(spec, context).then((result) => jobResultSchemas.grade.parse(result));
		case "pairs":
			return jobs.pairs(spec, context).then((result) => jobResultSchemas.pairs.parse(result));
		case "split":
			return jobs.split(spec, context).then((result) => jobResultSchemas.split.parse(result));
		case "compare":
			return jobs.compare(spec, context).then((result) => jobResultSchemas.compare.parse(result));
		case "inspect":
			return jobs.inspect(spec, context).then((result) => jobResultSchemas.inspect.parse(result));
		case "playground":
			return jobs.playground(spec, context).then((result) => jobResultSchemas.playground.parse(result));
		case "parity":
			return jobs.parity(spec, context).then((result) => jobResultSchemas.parity.parse(result));
		case "probe-provider":
			return jobs["probe-provider"](spec, context).then((result) =>
				jobResultSchemas["probe-provider"].parse(result),
			);
	}
}

/** Resolves when the message has left this process, or at once when the supervisor is gone. */
function send(message: FromEngine): Promise<void> {
	return new Promise((resolve) => {
		if (process.send === undefined || !process.connected) return resolve();
		process.send(message, undefined, undefined, () => resolve());
	});
}

/** What the supervisor has asked for so far. */
class HostState {
	checkpointRequested = false;
	readonly requests = new RequestQueue();
	#stopRequested = false;
	#paused = false;
	#waiting: (() => void)[] = [];

	pause(): void {
		this.#paused = !this.#stopRequested;
	}

	resume(): void {
		this.#paused = false;
		for (const wake of this.#waiting.splice(0)) wake();
	}

	stop(): void {
		this.#stopRequested = true;
		this.requests.close();
		this.resume();
	}

	context(emit: (event: EventBody) => void): SessionContext {
		return {
			emit,
			stopRequested: () => this.#stopRequested,
			takeCheckpointRequested: () => {
				const requested = this.checkpointRequested;
				this.checkpointRequested = false;
				return requested;
			},
			paused: async () => {
				if (!this.#paused) return;
				emit({ type: "paused" });
				// A second pause may come in before the job has woken from the first.
				while (this.#paused) await new Promise<void>((resolve) => this.#waiting.push(resolve));
				emit({ type: "continued" });
			},
			yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
			requests: () => this.requests,
			cancelled: (requestId) => this.requests.isCancelled(requestId),
			reply: (reply) => void send({ type: "reply", reply: playgroundReplySchema.parse(reply) }),
		};
	}
}
