import { create } from "zustand";
import type { Push } from "../../core/contract/api.ts";
import type { AppInfo, Device, Meter, Settings } from "../../core/contract/api-app.ts";
import type { DataEntry } from "../../core/contract/api-data.ts";
import type { ModelEntry } from "../../core/contract/api-models.ts";
import type { QueueItem, RunSummary } from "../../core/contract/api-runs.ts";
import type { SweepSummary } from "../../core/contract/api-sweeps.ts";
import type { TaskState } from "../../core/contract/api-tasks.ts";
import { call, onConnection, onPush, onRefused } from "../api/index.ts";
import { toast } from "../ui/index.ts";
import { goTo } from "./navigation.ts";
import { activeShortcuts } from "./shortcuts.ts";

/** What this window knows of the program behind it; each list is null until it first arrived. */
export interface StudioState {
	connected: boolean;
	/** The program runs, but this browser needs a new link from its terminal. */
	refused: boolean;
	info: AppInfo | null;
	settings: Settings | null;
	data: readonly DataEntry[] | null;
	models: readonly ModelEntry[] | null;
	/** Newest first; the trials of sweeps are not among them. */
	runs: readonly RunSummary[] | null;
	sweeps: readonly SweepSummary[] | null;
	tasks: readonly TaskState[] | null;
	queue: { readonly items: readonly QueueItem[]; readonly paused: boolean } | null;
	devices: readonly Device[] | null;
	meter: Meter | null;
}

export const useStudio = create<StudioState>(() => ({
	connected: true,
	refused: false,
	info: null,
	settings: null,
	data: null,
	models: null,
	runs: null,
	sweeps: null,
	tasks: null,
	queue: null,
	devices: null,
	meter: null,
}));

export type Topic = Extract<Push, { type: "changed" }>["topic"];

const loaders: Record<Topic, () => Promise<Partial<StudioState>>> = {
	data: async () => ({ data: (await call("data.list", {})).entries }),
	models: async () => ({ models: (await call("models.list", {})).models }),
	runs: async () => ({ runs: (await call("runs.list", {})).runs.filter(({ sweepId }) => sweepId === null) }),
	sweeps: async () => ({ sweeps: (await call("sweeps.list", {})).sweeps }),
	tasks: async () => ({ tasks: (await call("tasks.list", {})).tasks }),
	queue: async () => ({ queue: await call("queue.list", {}) }),
	devices: async () => ({ devices: (await call("devices.list", {})).devices }),
	settings: async () => ({ settings: await call("settings.get", {}) }),
};
const TOPICS = Object.keys(loaders) as Topic[];

const loading = new Map<Topic, { again: boolean }>();

/** Asks for a list anew; while an answer is on its way, further wishes become one more question. */
export async function refresh(topic: Topic): Promise<void> {
	const running = loading.get(topic);
	if (running) {
		running.again = true;
		return;
	}
	const mine = { again: false };
	loading.set(topic, mine);
	try {
		useStudio.setState(await loaders[topic]());
	} catch (error) {
		// Without a connection every list is asked for again once it is back; anything else is worth telling.
		if (useStudio.getState().connected)
			toast({ tone: "bad", title: `The list of ${topic} could not be read`, detail: messageOf(error) });
	} finally {
		loading.delete(topic);
	}
	if (mine.again) await refresh(topic);
}

/** Puts an entry in its place, or first where it is new. */
function placed<T extends { id: string }>(list: readonly T[] | null, entry: T): readonly T[] | null {
	if (list === null) return null;
	const at = list.findIndex(({ id }) => id === entry.id);
	return at === -1 ? [entry, ...list] : list.with(at, entry);
}

function take(push: Push): void {
	switch (push.type) {
		case "changed":
			void refresh(push.topic);
			return;
		case "data":
			useStudio.setState(({ data }) => ({ data: placed(data, push.entry) }));
			return;
		case "run":
			// A sweep's trial is shown by its sweep, not among the runs.
			if (push.run.sweepId === null) useStudio.setState(({ runs }) => ({ runs: placed(runs, push.run) }));
			return;
		case "sweep":
			useStudio.setState(({ sweeps }) => ({ sweeps: placed(sweeps, push.sweep) }));
			return;
		case "task":
			useStudio.setState(({ tasks }) => ({ tasks: placed(tasks, push.task) }));
			return;
		case "notice": {
			const { route, level, title, text } = push;
			toast({
				tone: level,
				title,
				detail: text,
				...(route ? { action: { label: "Open", onClick: () => goTo(route) } } : {}),
			});
			return;
		}
		case "shortcut":
			activeShortcuts()
				.find(({ keys }) => keys === push.keys)
				?.run();
			return;
		case "run-events":
		case "playground":
		case "retry":
			// Only the screens that watch them take these.
			return;
	}
}

const METER_INTERVAL_MS = 2000;

/** Fills the store and keeps it true while the page lives; returns a function that ends it. */
export function startStudio(): () => void {
	const loadAll = () => {
		call("app.info", {}).then(
			(info) => useStudio.setState({ info }),
			() => {},
		);
		for (const topic of TOPICS) void refresh(topic);
	};
	const endPush = onPush(take);
	const endConnection = onConnection((connected) => {
		const before = useStudio.getState().connected;
		useStudio.setState({ connected });
		if (connected && !before) loadAll();
	});
	const endRefused = onRefused((refused) => useStudio.setState({ refused }));
	const meter = setInterval(() => {
		if (document.visibilityState !== "visible" || !useStudio.getState().connected) return;
		call("system.meter", {}).then(
			(meter) => useStudio.setState({ meter }),
			() => {},
		);
	}, METER_INTERVAL_MS);
	loadAll();
	call("system.meter", {}).then(
		(meter) => useStudio.setState({ meter }),
		() => {},
	);
	return () => {
		endPush();
		endConnection();
		endRefused();
		clearInterval(meter);
	};
}

/** What went wrong, in the words of its error. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Saves a change of the settings; the store shows it at once and goes back when it could not be saved. */
export async function changeSettings(change: Partial<Omit<Settings, "schemaVersion">>): Promise<void> {
	const before = useStudio.getState().settings;
	if (before) useStudio.setState({ settings: { ...before, ...change } });
	try {
		useStudio.setState({ settings: await call("settings.set", change) });
	} catch (error) {
		useStudio.setState({ settings: before });
		toast({ tone: "bad", title: "The setting was not saved", detail: messageOf(error) });
	}
}

const TRAINING: ReadonlySet<RunSummary["state"]> = new Set(["starting", "running", "stopping"]);

/** The run at work now, if any: the first that trains, else the first that is paused or waits for a GPU. */
export function currentRun(runs: readonly RunSummary[] | null): RunSummary | null {
	return runs?.find(isTraining) ?? runs?.find(isBusy) ?? null;
}

export function isTraining({ state }: RunSummary): boolean {
	return TRAINING.has(state);
}

/** Whether it trains, is paused or waits for a GPU: its turn has come and is not over. */
export function isBusy(run: RunSummary): boolean {
	return isTraining(run) || run.state === "paused" || run.state === "waiting-for-gpu";
}
