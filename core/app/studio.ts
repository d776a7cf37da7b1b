import { mkdirSync } from "node:fs";
import { type ApiHandlers, api } from "../contract/api.ts";
import type { AppContext, ShellHooks } from "./context.ts";
import { Hub } from "./hub.ts";
import { pending } from "./pending.ts";
import { Places } from "./places.ts";
import { createSystemHandlers } from "./system/handlers.ts";
import { SettingsStore } from "./system/settings.ts";
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
	const handlers = {
		...pending(api),
		...createSystemHandlers(context, settings, version),
	} satisfies ApiHandlers;
	return {
		handlers,
		hub,
		watchRun: () => () => {},
		places,
		close: async () => hub.close(),
	};
}
