import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What decides where the app keeps its data. */
export interface DataDirSituation {
	readonly platform: NodeJS.Platform;
	readonly env: NodeJS.ProcessEnv;
	readonly home: string;
}

/**
 * The folder that everything the app writes lies in: `DQO_STUDIO_DIR`, or `studio` in the platform's usual place for an
 * app's data. Both shells use it, so that a run started in one is seen in the other.
 */
export function defaultDataDir(
	situation: DataDirSituation = { platform: process.platform, env: process.env, home: homedir() },
): string {
	const { platform, env, home } = situation;
	if (env.DQO_STUDIO_DIR) return resolve(env.DQO_STUDIO_DIR);
	return join(appFolder(platform, env, home), "studio");
}

function appFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
	if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "DQO Studio");
	if (platform === "darwin") return join(home, "Library", "Application Support", "DQO Studio");
	return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "dqo-studio");
}
