import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isStale } from "./stale.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What can be built: its file that tells when, what it is made of, and the tool that makes it. */
const TARGETS = {
	page: {
		built: "dist/renderer/index.html",
		sources: ["renderer", "core/contract"],
		tool: "vite/bin/vite.js",
	},
	electron: {
		built: "out/main/main.mjs",
		sources: ["core", "electron", "renderer"],
		tool: "electron-vite/bin/electron-vite.js",
	},
} as const;

/** Builds the page or the desktop app where missing or older than its sources; returns what the tool said when it fails, else null. */
export function buildWhenStale(target: keyof typeof TARGETS): string | null {
	const { built, sources, tool } = TARGETS[target];
	const all = [...sources, "package.json", "vite.config.ts", "electron.vite.config.ts"];
	const stale = isStale(
		join(root, built),
		all.map((source) => join(root, source)),
	);
	if (!stale) return null;
	console.log("Building the app ...");
	const script = join(root, "node_modules", tool);
	const { status, stdout, stderr } = spawnSync(process.execPath, [script, "build"], { cwd: root });
	return status === 0 ? null : `${stdout}${stderr}`;
}
