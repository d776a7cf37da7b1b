import type { AppInfo, Settings } from "../contract/api-app.ts";
import type { DataEntry } from "../contract/api-data.ts";
import type { ModelEntry } from "../contract/api-models.ts";
import type { Compute } from "../contract/provider.ts";
import type { StartOptions } from "../engine/supervisor.ts";
import type { Hub } from "./hub.ts";
import type { Places } from "./places.ts";

/** What only the shell can do: Electron's dialogs and file manager. A browser has none of them. */
export interface ShellHooks {
	readonly shell: AppInfo["shell"];
	/** Opens the system's dialog and grants what was picked; null where there is no dialog. */
	readonly pick: ((what: "datasets" | "model" | "folder", title: string) => Promise<string[]>) | null;
	readonly reveal: ((path: string) => Promise<void>) | null;
}

/** What jobs compute with, by the settings. */
export function machineOf({ threads, provider }: Settings): { threads: number; compute: Compute } {
	return { threads, compute: { provider } };
}

/** What every service of the app is given. */
export interface AppContext {
	/** Everything the app writes lies below it: runs, sweeps, imports, generated, exports, adapters, settings. */
	readonly dataDir: string;
	readonly hub: Hub;
	readonly places: Places;
	readonly hooks: ShellHooks;
	/** How engine processes are started. */
	readonly engine: Pick<StartOptions, "host" | "env">;
	/** Module that reading threads run; its source unless given. */
	readonly readingThread?: URL;
	/** The settings as they are now. */
	readonly settings: () => Settings;
}

/** What runs and tasks ask of the registered data sets. */
export interface DataLookup {
	/** Throws AppError `file-missing` for an id that is not registered. */
	entry(id: string): DataEntry;
	/** Takes up a file that a task made; reading goes on in the background. Gives back its id. */
	register(made: { path: string; name: string; origin: "made" }): string;
}

/** What runs and tasks ask of the registered models. */
export interface ModelLookup {
	/** Throws AppError `file-missing` for an id that is not registered. */
	resolve(id: string): ModelEntry;
}
