import { mkdirSync } from "node:fs";
import { type ApiHandlers, api } from "../contract/api.ts";
import { AppError } from "../contract/errors.ts";
import type { AppContext, DataLookup, ModelLookup, ShellHooks } from "./context.ts";
import { Hub } from "./hub.ts";
import { pending } from "./pending.ts";
import { Places } from "./places.ts";
import { createPlanHandlers } from "./plan/handlers.ts";
import { Queue } from "./queue/queue.ts";
import { createRunHandlers } from "./runs/handlers.ts";
import { RunService } from "./runs/service.ts";
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
	const { data, models } = unregistered;
	const runs = new RunService(context, queue);
	const tasks = new TaskService({ context, data, models, runs }, queue);
	const handlers = {
		...pending(api),
		...createSystemHandlers(context, settings, version),
		...createRunHandlers(runs, queue),
		...createPlanHandlers({ context, runs, data, models }),
		...createTaskHandlers(tasks),
	} satisfies ApiHandlers;
	queue.advance();
	return {
		handlers,
		hub,
		watchRun: runs.watch,
		places,
		close: async () => {
			const ended = queue.close();
			const stopped = tasks.close();
			runs.stopAll();
			await Promise.all([ended, stopped]);
			runs.close();
			hub.close();
		},
	};
}

const unregistered: { data: DataLookup; models: ModelLookup } = {
	data: {
		entry: () => {
			throw new AppError({
				code: "file-missing",
				message: "There is no such data set.",
				hint: "Add it first.",
			});
		},
		register: async ({ path }) => path,
	},
	models: {
		resolve: () => {
			throw new AppError({ code: "file-missing", message: "There is no such model.", hint: "Add it first." });
		},
	},
};
