import type { ApiInput } from "../../contract/api.ts";
import { AppError } from "../../contract/errors.ts";
import { runLockHolder } from "../../store/run-lock.ts";
import type { Queue } from "../queue/queue.ts";
import type { RunService } from "./service.ts";

type Action = ApiInput<"runs.control">["action"];

/** Passes a wish on to the run's engine process. Throws `usage` where there is none that listens. */
export function controlRun(runs: RunService, queue: Queue, id: string, action: Action): void {
	const entry = runs.entry(id);
	const { turn, control } = entry;
	const ends = action === "stop" || action === "kill";
	if (turn !== null) {
		if (!ends) throw notBegun(id);
		turn.left.abort();
		return;
	}
	if (control === null) {
		const waits = ends && queue.isWaiting("run", id);
		if (!waits) throw noProcess(id, entry.trial !== null, runLockHolder(entry.dir));
		queue.remove(`run:${id}`);
		return;
	}
	switch (action) {
		case "pause":
			control.job.pause();
			break;
		case "continue":
			control.job.resume();
			break;
		case "checkpoint":
			control.job.checkpointNow();
			break;
		case "stop":
			runs.stop(id);
			break;
		case "kill":
			control.stopping = true;
			control.killed = true;
			control.job.kill();
	}
	runs.changed(id);
}

/** Queues a run to go on from its last checkpoint. Throws `usage` while it is at work or when it is complete. */
export function resumeRun(
	runs: RunService,
	queue: Queue,
	id: string,
	fields: { microTokens?: number | undefined },
): void {
	const entry = runs.entry(id);
	const summary = runs.summary(id);
	if (queue.isWaiting("run", id)) return;
	if (entry.trial !== null) {
		throw new AppError({
			code: "usage",
			message: `${id} belongs to a sweep.`,
			hint: "Resume the sweep; it goes on with each of its runs.",
		});
	}
	if (!summary.canResume || entry.busy) {
		throw new AppError({
			code: "usage",
			message: `${summary.name} is ${summary.state}, so there is nothing to resume.`,
			hint: "Start a new run to train on.",
		});
	}
	const { microTokens } = fields;
	if (microTokens !== undefined) entry.changeApp({ changed: { microTokens } });
	runs.enqueue(id);
}

function notBegun(id: string): AppError {
	return new AppError({
		code: "usage",
		message: `${id} has not begun to train.`,
		hint: "Wait until it trains, or stop it.",
	});
}

function noProcess(id: string, isTrial: boolean, holder: number | null): AppError {
	if (isTrial) {
		return new AppError({
			code: "usage",
			message: `${id} is trained by its sweep.`,
			hint: "Stop the sweep; the runs that it trains then save a checkpoint and end.",
		});
	}
	if (holder !== null) {
		return new AppError({
			code: "usage",
			message: `${id} is trained by another process (${holder}).`,
			hint: "Press Ctrl-C where it was started; it then saves a checkpoint and ends.",
		});
	}
	return new AppError({ code: "usage", message: `${id} is not training.`, hint: "Resume it first." });
}
