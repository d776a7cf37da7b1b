import type { ApiHandlers } from "../contract/api.ts";
import { makeFolder } from "../store/files.ts";
import { compareHeldOut } from "./compare/held-out.ts";
import type { AppContext, ShellHooks } from "./context.ts";
import { createDataHandlers } from "./data/handlers.ts";
import { DataService } from "./data/service.ts";
import { TokenQueries } from "./data/token-queries.ts";
import { createDeviceHandlers, Devices } from "./devices/devices.ts";
import { Gpus } from "./devices/gpus.ts";
import { exportFormats } from "./exports/formats.ts";
import { createFilesHandlers } from "./files/handlers.ts";
import { Hub } from "./hub.ts";
import { createModelsHandlers } from "./models/handlers.ts";
import { ModelService } from "./models/service.ts";
import { Places } from "./places.ts";
import { createPlanHandlers } from "./plan/handlers.ts";
import { PlanService } from "./plan/service.ts";
import { createPlaygroundHandlers } from "./playground/handlers.ts";
import { PlaygroundService } from "./playground/service.ts";
import { ValueService } from "./playground/values.ts";
import { Queue } from "./queue/queue.ts";
import { createRunHandlers } from "./runs/handlers.ts";
import { RunService } from "./runs/service.ts";
import { removeScratch } from "./storage/scratch.ts";
import { createSweepHandlers } from "./sweeps/handlers.ts";
import { SweepService } from "./sweeps/service.ts";
import { createSystemHandlers } from "./system/handlers.ts";
import { SettingsStore } from "./system/settings.ts";
import { estimateTask } from "./tasks/estimate.ts";
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
	/** Built module of the reading threads; its source unless given. */
	readonly readingThread?: URL;
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

export function createStudio(options: StudioOptions): Studio {
	const { dataDir, roots, hooks, engine, readingThread, version } = options;
	makeFolder(dataDir);
	removeScratch(dataDir);
	const hub = new Hub();
	const settings = new SettingsStore(dataDir);
	const places = new Places([{ name: "DQO Studio", path: dataDir }, ...roots]);
	const context: AppContext = {
		dataDir,
		hub,
		places,
		hooks,
		engine,
		readingThread,
		settings: () => settings.current,
	};
	const queue = new Queue(context);
	const gpus = new Gpus(context);
	const data = new DataService(context);
	const models = new ModelService(context);
	const tokens = new TokenQueries(context, data, models);
	const runs = new RunService(context, queue, gpus);
	const sweeps = new SweepService(context, queue, runs, gpus);
	const plans = new PlanService({ context, runs, data, models });
	const tasks = new TaskService({ context, data, models, runs, thread: data.queries }, queue);
	const playground = new PlaygroundService(context, { models, runs });
	const values = new ValueService(context, { models, runs });
	const devices = new Devices(context);
	const atWork = () => {
		const { pids, memoryBytes } = runs.atWork();
		const others = [...tasks.processIds(), ...playground.processIds(), ...values.processIds];
		return { pids: [...pids, ...others], memoryBytes };
	};
	const handlers = {
		...createSystemHandlers({
			...{ context, settings, version, atWork },
			usesCache: () => atWork().pids.length > 0,
			providerInUse: () => devices.inUse,
			onSettings: () => {
				queue.advance();
				hub.changed("devices");
			},
		}),
		...createDeviceHandlers(devices),
		...createFilesHandlers(places, hooks),
		...createDataHandlers(data, tokens),
		...createModelsHandlers(models),
		...createRunHandlers(runs, queue),
		...createPlanHandlers({ context, runs, sweeps, plans, data, models }),
		...createSweepHandlers(sweeps, runs),
		...createTaskHandlers(tasks),
		"tasks.estimate": async (spec) => ({
			estimate: estimateTask(spec, {
				...{ models, runs },
				counts: (id) => data.manifest(id)?.counts ?? null,
				tasks: () => tasks.list(),
				throughput: () => plans.throughput(),
			}),
		}),
		...createPlaygroundHandlers(playground, values),
		"exports.formats": (input) => exportFormats(input, context, runs, data.queries),
		"compare.heldOut": ({ runIds }) => compareHeldOut(runs, runIds, data.queries),
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
			playground.closeAll();
			values.close();
			sweeps.stopAll();
			runs.stopAll();
			await Promise.all([ended, stopped]);
			sweeps.close();
			runs.close();
			for (const service of [plans, tokens, data, models]) service.close();
			hub.close();
		},
	};
}
