import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test as base } from "playwright/test";
import { type Opened, open } from "./open.ts";
import type { ShellName } from "./shells.ts";

/** One installation of the app with a folder of its own, opened in a window. */
export interface Studio extends Opened {
	readonly dataDir: string;
	/** A folder for the journey's own files, which the app may read. */
	readonly filesDir: string;
	/** Drops files on the window as a user does. */
	drop(...paths: string[]): Promise<void>;
	/** Goes to a route such as `/runs`. */
	go(route: string): Promise<void>;
	/** Process ids of the engines at work, from the lock files of the runs. */
	engines(): number[];
}

interface Fixtures {
	shell: ShellName;
	studio: Studio;
}

export const test = base.extend<Fixtures>({
	shell: ["browser", { option: true }],
	studio: async ({ shell }, use) => {
		const studio = await openStudio(shell);
		await use(studio);
		await studio.close();
	},
});

export { expect } from "playwright/test";

/** Opens an installation of its own. Closing it removes it, and throws what the page threw meanwhile. */
export async function openStudio(shell: ShellName): Promise<Studio> {
	const dir = realpathSync(mkdtempSync(join(tmpdir(), "dqo-journey-")));
	const [dataDir, filesDir] = [join(dir, "data"), dir];
	const opened = await open(shell, { dataDir, roots: [filesDir] });
	const errors: string[] = [];
	opened.page.on("pageerror", (error) => errors.push(String(error)));
	return {
		...opened,
		dataDir,
		filesDir,
		drop: (...paths) => drop(opened, paths),
		go: (route) =>
			opened.page.evaluate((to) => {
				location.hash = to;
			}, route),
		engines: () => engines(dataDir).filter((pid) => pid !== opened.hostPid),
		close: async () => {
			await opened.close();
			rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
			if (errors.length > 0) throw new Error(`The page threw:\n${errors.join("\n")}`);
		},
	};
}

async function drop({ page }: Opened, paths: readonly string[]): Promise<void> {
	const files = paths.map((path) => ({
		name: basename(path),
		base64: readFileSync(path).toString("base64"),
	}));
	const transfer = await page.evaluateHandle((given) => {
		const data = new DataTransfer();
		for (const { name, base64 } of given) {
			const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
			data.items.add(new File([bytes], name));
		}
		return data;
	}, files);
	await page.dispatchEvent("body", "dragover", { dataTransfer: transfer });
	await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

function engines(dataDir: string): number[] {
	const pids: number[] = [];
	for (const entry of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
		if (entry.name !== ".lock" || !entry.isFile()) continue;
		const pid = Number(readFileSync(join(entry.parentPath, entry.name), "utf8"));
		if (Number.isInteger(pid) && pid > 0) pids.push(pid);
	}
	return pids;
}
