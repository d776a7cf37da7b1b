import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Longest that fetching Electron may take, milliseconds: about 120 MB. */
const FETCH_MS = 10 * 60_000;

export type Found = { path: string; why: null } | { path: null; why: string };

/** Why no window can be opened here at all, or null when one can. */
export function noWindow(
	platform: NodeJS.Platform,
	env: NodeJS.ProcessEnv,
	uid: number | undefined,
): string | null {
	if (platform !== "linux") return null;
	if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return "there is no screen here";
	return uid === 0 ? "its sandbox does not run as root" : null;
}

/**
 * Electron's program, fetched on the first start where the network lets it. The package itself is not loaded: that
 * would fetch too, and loudly.
 */
export async function findElectron(packageDir: string, say: (line: string) => void): Promise<Found> {
	const there = installedElectron(packageDir);
	if (there !== null) return { path: there, why: null };
	if (!existsSync(join(packageDir, "install.js"))) return { path: null, why: "it is not installed" };
	say("Getting Electron, once (about 120 MB) ...");
	const why = await fetchElectron(join(packageDir, "install.js"));
	const path = installedElectron(packageDir);
	return path === null ? { path, why: why ?? "it could not be installed" } : { path, why: null };
}

/** Electron's program, or null where it was not fetched. */
export function installedElectron(packageDir: string): string | null {
	const nameFile = join(packageDir, "path.txt");
	const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
	const name = existsSync(nameFile) ? readFileSync(nameFile, "utf8") : override ? "electron" : null;
	if (name === null) return null;
	const path = join(override ?? join(packageDir, "dist"), name);
	return existsSync(path) ? path : null;
}

/** Resolves with why it failed, or null. */
function fetchElectron(script: string): Promise<string | null> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [script], {
			stdio: ["ignore", "ignore", "pipe"],
			timeout: FETCH_MS,
		});
		let complaint = "";
		child.stderr.on("data", (chunk: Buffer) => {
			complaint += chunk;
		});
		child.on("error", (error) => resolve(error.message));
		child.on("close", (code) => resolve(code === 0 ? null : reason(complaint)));
	});
}

function reason(complaint: string): string {
	const message = /^\s*\w*Error: (.+)$/m.exec(complaint)?.[1];
	return `it could not be fetched (${message ?? "no answer"})`;
}
