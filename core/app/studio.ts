import { mkdirSync } from "node:fs";
import { type ApiHandlers, api } from "../contract/api.ts";
import { AppError } from "../contract/errors.ts";
import { compareHeldOut } from "./compare/held-out.ts";
import type { AppContext, ModelLookup, ShellHooks } from "./context.ts";
import { createDataHandlers } from "./data/handlers.ts";
import { DataService } from "./data/service.ts";
import { createDeviceHandlers, Devices } from "./devices/devices.ts";
import { Hub } from "./hub.ts";
import { pending } from "./pending.ts";
import { Places } from "./places.ts";
import { createPlanHandlers } from "./plan/handlers.ts";
import { Queue } from "./queue/queue.ts";
import { createRunHandlers } from "./runs/handlers.ts";
import { RunService } from "./runs/service.ts";
import { createSweepHandlers } from "./sweeps/handlers.ts";
import { SweepService } from "./sweeps/service.ts";
import { createSystemHandlers } from "./system/handlers.ts";
import { SettingsStore } from "./system/settings.ts";
import { createTaskHandlers } from "./tasks/handlers.ts";
import { TaskService } from "./tasks/service.ts";
import type { WatchRun } from "./window.ts";

export interface StudioOptions {
	/** Folder that everything the app writes lies in; made when it is not there. */
	readonly dataDir: string;
	/** Folders besides it that windows may read. */
	readonly roots: readonly { readonly name: string; readonly path: string }[];
	readonly hooks: ShellHooks;
	readonly engine: AppContext["engine"];
	readonly version: string;
}

/** The program behind the windows, whatever shell shows them. */
export interface Studio {
	readonly handlers: ApiHandlers;
	readonly hub: Hub;
	readonly watchRun: WatchRun;
	readonly places: Places;
	readonly data: DataService;
	/** Ends what the app itself has begun: running jobs write a checkpoint and stop. */
	close(): Promise<void>;
}

export function createStudio({ dataDir, roots, hooks, engine, version }: StudioOptions): Studio {
	mkdirSync(dataDir, { recursive: true });
	const hub = new Hub();
	const settings = new SettingsStore(dataDir);
	const places = new Places([{ name: "DQO Studio", path: dataDir }, ...roots]);
	const context: AppContext = { dataDir, hub, places, hooks, engine, settings: () => settings.current };
	const queue = new Queue(context);
	const data = new DataService(context);
	const models = unregistered;
	const runs = new RunService(context, queue);
	const sweeps = new SweepService(context, queue, runs);
	const tasks = new TaskService({ context, data, models, runs }, queue);
	const atWork = () => {
		const { pids, memoryBytes } = runs.atWork();
		return { pids: [...pids, ...tasks.processIds()], memoryBytes };
	};
	const handlers = {
		...pending(api),
		...createDataHandlers(data),
		...createSystemHandlers(context, settings, version, atWork),
		...createDeviceHandlers(new Devices(context)),
		...createRunHandlers(runs, queue),
		...createPlanHandlers({ context, runs, sweeps, data, models }),
		...createSweepHandlers(sweeps, runs),
		...createTaskHandlers(tasks),
		"compare.heldOut": ({ runIds }) => compareHeldOut(runs, runIds),
	} satisfies ApiHandlers;
	queue.advance();
	return {
		handlers,
		hub,
		watchRun: runs.watch,
		places,
		data,
		close: async () => {
			const ended = queue.close();
			const stopped = tasks.close();
			sweeps.stopAll();
			runs.stopAll();
			await Promise.all([ended, stopped]);
			sweeps.close();
			runs.close();
			data.close();
			hub.close();
		},
	};
}

const unregistered: ModelLookup = {
	resolve: () => {
		throw new AppError({ code: "file-missing", message: "There is no such model.", hint: "Add it first." });
	},
};
