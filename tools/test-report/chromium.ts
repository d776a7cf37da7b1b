import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromiumPath } from "../../e2e/drivers/shells.ts";

/** Longest that one step of installing may take, milliseconds. */
const STEP_MS = 5 * 60_000;

/**
 * Finds the browser for the journeys. On a fresh Debian or Ubuntu where we are root, such as a container, it is
 * installed from the distribution first, so that `npm test` needs nothing done by hand; null where that cannot be.
 */
export function findChromium(): string | null {
	const found = chromiumPath();
	if (found !== null || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return found;
	console.log("Installing Chromium for the journeys, once ...");
	const install = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
	// A fresh image has no package lists.
	if (!apt(install) && apt(["update", "-qq"])) apt(install);
	return chromiumPath();
}

function apt(args: readonly string[]): boolean {
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	return spawnSync("apt-get", args, { env, stdio: "ignore", timeout: STEP_MS }).status === 0;
}
