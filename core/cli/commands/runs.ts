import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError } from "../../contract/errors.ts";
import type { EngineEvent } from "../../contract/events.ts";
import { readEvents } from "../../engine/event-log.ts";
import { runLockHolder } from "../../store/run-lock.ts";
import { RunStore } from "../../store/run-store.ts";
import { defineCommand } from "../command.ts";
import { duration, percent, table } from "../format.ts";

interface RunRow {
	id: string;
	dir: string;
	method: string | null;
	/** `running` while a process works on it; `unfinished` when its process died. */
	state: "running" | "completed" | "stopped" | "failed" | "unfinished" | "unreadable";
	steps: number;
	bestAccuracy: number | null;
	started: string | null;
	activeSeconds: number | null;
	problem?: string;
}

export const runs = defineCommand({
	name: "runs",
	summary: "list the runs in a folder",
	positional: { name: "DIR", help: "folder that holds run folders (default ./runs)" },
	options: {},
	examples: [{ line: "dqo runs", does: "the runs under ./runs" }],
	async run(_values, _context, positional) {
		const root = resolve(positional ?? "runs");
		if (!existsSync(root)) {
			if (positional === undefined) return { json: { root, runs: [] }, text: "There are no runs here yet." };
			throw new AppError({
				code: "file-missing",
				message: `${root} does not exist.`,
				hint: "Check the path.",
			});
		}
		const rows = RunStore.list(root).map((id) => describeRun(root, id));
		return {
			json: { root, runs: rows },
			text: rows.length === 0 ? `There are no runs in ${root}.` : tableOf(rows),
		};
	},
});

/** One damaged run must not hide the others, so its problem becomes its row. */
function describeRun(root: string, id: string): RunRow {
	const unread = {
		id,
		dir: join(root, id),
		method: null,
		steps: 0,
		bestAccuracy: null,
		started: null,
		activeSeconds: null,
	};
	try {
		const store = RunStore.open(root, id);
		const events = readEvents(store.logPath("events"));
		const running = runLockHolder(store.dir) !== null ? { state: "running" as const } : {};
		return { ...unread, method: store.readConfig().method, ...progressOf(events), ...running };
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		return { ...unread, state: "unreadable", problem: error.message };
	}
}

function progressOf(
	events: readonly EngineEvent[],
): Pick<RunRow, "state" | "steps" | "bestAccuracy" | "started" | "activeSeconds"> {
	let steps = 0;
	let bestAccuracy: number | null = null;
	for (const event of events) {
		if (event.type === "step") steps = event.metrics.step;
		if (event.type === "eval" && event.split === "validation" && event.accuracy !== null) {
			bestAccuracy = Math.max(bestAccuracy ?? 0, event.accuracy);
		}
	}
	const last = events.at(-1);
	const state =
		last?.type === "run-finished" ? last.reason : last?.type === "run-failed" ? "failed" : "unfinished";
	return {
		state,
		steps,
		bestAccuracy,
		started: events[0]?.time ?? null,
		activeSeconds: activeSeconds(events),
	};
}

/** Time between a run's starts and its last events; the pause before a resume is not counted. */
function activeSeconds(events: readonly EngineEvent[]): number | null {
	let total = 0;
	let previous: number | null = null;
	for (const event of events) {
		const at = Date.parse(event.time);
		if (previous !== null && event.type !== "run-started") total += at - previous;
		previous = at;
	}
	return previous === null ? null : total / 1000;
}

function tableOf(rows: readonly RunRow[]): string {
	const cells = rows.map((row) => [
		row.id,
		row.method ?? "?",
		row.state,
		String(row.steps),
		row.bestAccuracy === null ? "-" : percent(row.bestAccuracy),
		row.activeSeconds === null ? "-" : duration(row.activeSeconds),
		row.started?.slice(0, 16).replace("T", " ") ?? row.problem ?? "-",
	]);
	return table([["run", "method", "state", "steps", "best", "time", "started (UTC)"], ...cells]);
}
