import { availableParallelism, cpus, totalmem } from "node:os";
import type { ApiHandlers } from "../../contract/api.ts";
import type { AppInfo } from "../../contract/api-app.ts";
import { AppError } from "../../contract/errors.ts";
import type { AppContext } from "../context.ts";
import type { SettingsStore } from "./settings.ts";

type Own = "app.info" | "settings.get" | "settings.set";

export function createSystemHandlers(
	context: AppContext,
	settings: SettingsStore,
	version: string,
): Pick<ApiHandlers, Own> {
	return {
		"app.info": async (): Promise<AppInfo> => ({
			version,
			shell: context.hooks.shell,
			platform: knownPlatform(),
			dataDir: context.dataDir,
			threads: availableParallelism(),
			cpu: cpus()[0]?.model.trim() ?? "unknown processor",
			memoryBytes: totalmem(),
		}),
		"settings.get": async () => settings.current,
		"settings.set": async (change) => {
			const next = settings.set(change);
			context.hub.changed("settings");
			return next;
		},
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
