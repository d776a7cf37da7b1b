import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, _electron as electron, type Page } from "playwright/test";
import { chromiumPath, electronMain, type ShellName } from "./shells.ts";

const bin = fileURLToPath(new URL("../../bin/dqo.mjs", import.meta.url));

/** As root Chromium has no sandbox, and on a closed network its own calls home only stand in the way. */
export const CHROMIUM_ARGS = [
	...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
	...["--disable-gpu", "--disable-background-networking", "--disable-component-update"],
	...["--disable-sync", "--no-first-run", "--disable-quic"],
];
const START_MS = 60_000;

/** An open window of either shell. */
export interface Opened {
	readonly page: Page;
	readonly context: BrowserContext;
	/** Process that the engine processes are children of. */
	readonly hostPid: number;
	/** Address of the page, without the token; null in Electron. */
	readonly url: string | null;
	close(): Promise<void>;
}

export interface OpenOptions {
	readonly dataDir: string;
	/** Folders whose files may be named; the data folder always may. */
	readonly roots: readonly string[];
	readonly viewport?: { width: number; height: number };
}

export function open(shell: ShellName, options: OpenOptions): Promise<Opened> {
	return shell === "electron" ? openElectron(options) : openBrowser(options);
}

/** `dqo serve`, ready to be opened. */
export interface Served {
	/** With its one-time token. */
	readonly url: string;
	readonly process: ChildProcess;
	stop(): Promise<void>;
}

export async function serve({ dataDir, roots }: OpenOptions): Promise<Served> {
	const args = ["serve", "--json", "--data-dir", dataDir, ...roots.flatMap((root) => ["--root", root])];
	const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		said = (said + text).slice(-4000);
	});
	const stop = async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		// The second asks for no answer: whatever trains is ended.
		child.kill("SIGINT");
		child.kill("SIGINT");
		const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
		await once(child, "close");
		clearTimeout(timer);
	};
	const url = await new Promise<string>((resolve, reject) => {
		let out = "";
		const timer = setTimeout(() => reject(new Error(`dqo serve did not start: ${said}`)), START_MS);
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			out += text;
			if (!out.includes("\n")) return;
			clearTimeout(timer);
			resolve((JSON.parse(out.slice(0, out.indexOf("\n"))) as { url: string }).url);
		});
		child.on("close", (code) => reject(new Error(`dqo serve ended (${code}): ${said}`)));
	});
	return { url, process: child, stop };
}

async function openBrowser(options: OpenOptions): Promise<Opened> {
	const served = await serve(options);
	const browser = await chromium.launch({ executablePath: chromiumPath() ?? undefined, args: CHROMIUM_ARGS });
	const context = await browser.newContext({ viewport: options.viewport ?? { width: 1440, height: 900 } });
	const page = await context.newPage();
	await page.goto(served.url);
	return {
		page,
		context,
		hostPid: served.process.pid ?? -1,
		url: new URL(served.url).origin,
		close: async () => {
			await browser.close();
			await served.stop();
		},
	};
}

async function openElectron({ dataDir, viewport }: OpenOptions): Promise<Opened> {
	const app = await electron.launch({
		args: [electronMain, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
		env: { ...(process.env as Record<string, string>), DQO_STUDIO_DIR: dataDir },
	});
	const page = await app.firstWindow();
	if (viewport) await page.setViewportSize(viewport);
	return {
		page,
		context: app.context(),
		hostPid: app.process().pid ?? -1,
		url: null,
		close: () => app.close(),
	};
}
