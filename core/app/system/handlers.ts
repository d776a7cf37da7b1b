import { availableParallelism, cpus } from "node:os";
import type { ApiHandlers } from "../../contract/api.ts";
import type { AppInfo } from "../../contract/api-app.ts";
import { AppError } from "../../contract/errors.ts";
import type { Provider } from "../../contract/provider.ts";
import type { AppContext } from "../context.ts";
import { memoryLimit } from "../devices/memory.ts";
import { LoadMeter } from "../devices/meter.ts";
import { cleanCache, storageUsage } from "../storage/storage.ts";
import type { SettingsStore } from "./settings.ts";

type Own =
	| "app.info"
	| "settings.get"
	| "settings.set"
	| "system.meter"
	| "storage.usage"
	| "storage.cleanCache";

export interface SystemServices {
	readonly context: AppContext;
	readonly settings: SettingsStore;
	readonly version: string;
	/** Engine processes at this moment, whatever they do, and what they said of their memory. */
	readonly atWork: () => { pids: number[]; memoryBytes: number };
	/** Whether a process may read or write what training caches. */
	readonly usesCache: () => boolean;
	readonly providerInUse: () => Provider;
	readonly onSettings: () => void;
}

export function createSystemHandlers(services: SystemServices): Pick<ApiHandlers, Own> {
	const { context, settings, version, atWork } = services;
	const meter = new LoadMeter();
	return {
		"app.info": async (): Promise<AppInfo> => ({
			version,
			shell: context.hooks.shell,
			platform: knownPlatform(),
			dataDir: context.dataDir,
			threads: availableParallelism(),
			cpu: cpus()[0]?.model.trim() ?? "unknown processor",
			memoryBytes: memoryLimit(),
		}),
		"settings.get": async () => settings.current,
		"settings.set": async (change) => {
			const next = settings.set(change);
			context.hub.changed("settings");
			services.onSettings();
			return next;
		},
		"system.meter": async () => {
			const { pids, memoryBytes } = atWork();
			return meter.read({ pids, knownBytes: memoryBytes }, services.providerInUse());
		},
		"storage.usage": () => storageUsage(context.dataDir),
		"storage.cleanCache": async () => ({
			freedBytes: await cleanCache(context.dataDir, services.usesCache),
		}),
	};
}

function knownPlatform(): AppInfo["platform"] {
	const { platform } = process;
	if (platform === "linux" || platform === "darwin" || platform === "win32") return platform;
	throw new AppError({
		code: "usage",
		message: `DQO Studio does not run on ${platform}.`,
		hint: "Use Linux, macOS or Windows.",
	});
}
