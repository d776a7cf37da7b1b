import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedElectron, noWindow } from "../../tools/start/electron.ts";

export type ShellName = "browser" | "electron";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Places where a Chromium or Chrome of the system may lie, the one named in `DQO_CHROMIUM` first. */
const CHROMIUMS = [
	process.env.DQO_CHROMIUM ?? "",
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"C:/Program Files/Google/Chrome/Application/chrome.exe",
];

/** The browser that journeys run in, or null where there is none. */
export function chromiumPath(): string | null {
	return CHROMIUMS.find((path) => path !== "" && existsSync(path)) ?? null;
}

/** The built desktop app. */
export const electronMain = join(root, "out/main/main.mjs");

/** The shells that can be opened here. */
export function shells(): ShellName[] {
	const found: ShellName[] = [];
	if (chromiumPath() !== null) found.push("browser");
	const canOpen = noWindow(process.platform, process.env, process.getuid?.()) === null;
	if (
		canOpen &&
		installedElectron(join(root, "node_modules", "electron")) !== null &&
		existsSync(electronMain)
	)
		found.push("electron");
	return found;
}
