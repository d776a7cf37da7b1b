import { statSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runsAtWork } from "../../app/at-work.ts";
import { takeDataDir } from "../../app/instance.ts";
import { createStudio, type Studio } from "../../app/studio.ts";
import { openBrowser } from "../../server/open-browser.ts";
import { type StudioServer, startServer } from "../../server/server.ts";
import { defaultDataDir } from "../../store/data-dir.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { flag, integer, many, text, usageError } from "../options.ts";
import { version } from "../version.ts";

const PAGE_DIR = fileURLToPath(new URL("../../../dist/renderer", import.meta.url));

export const serve = defineCommand({
	name: "serve",
	summary: "open DQO Studio in a browser, here or through an SSH tunnel",
	about:
		"Serves the app on 127.0.0.1 and prints a link that lets one browser in, once. Press Enter for another link.\n" +
		"Ctrl-C ends it; runs that train write a checkpoint first and can be resumed.",
	options: {
		port: integer("port; any that is free unless given", { min: 1, max: 65535 }),
		open: flag("open the link in this computer's browser"),
		"data-dir": text("DIR", "folder of the app's runs, data and settings", defaultDataDir()),
		root: many(text("DIR", "folder whose files may be opened, may be repeated (default your home folder)")),
		"host-name": many(text("NAME", "further host name to answer to, as NAME or NAME:PORT, may be repeated")),
	},
	examples: [
		{ line: "dqo serve --open", does: "on this computer" },
		{ line: "dqo serve --port 8765", does: "on a remote one; then ssh -L 8765:127.0.0.1:8765 from yours" },
	],
	async run(values, context) {
		const dataDir = resolve(values["data-dir"] ?? defaultDataDir());
		const roots = (values.root ?? [homedir()]).map(rootOf);
		const instance = takeDataDir(dataDir);
		try {
			const hooks = { shell: "browser", pick: null, reveal: null } as const;
			const engine = { env: { ...process.env, DQO_STUDIO_DIR: dataDir } };
			const studio = createStudio({ dataDir, roots, hooks, engine, version });
			const uploads = {
				importsDir: join(dataDir, "imports"),
				importTarget: (name: string) => studio.data.importTarget(name).path,
			};
			const server = await startServer({
				served: { ...studio, uploads },
				pageDir: PAGE_DIR,
				port: values.port ?? 0,
				hostNames: values["host-name"],
			});
			instance.announce("browser", server.url);
			const link = server.newLink();
			outliveBugs(context.reporter);
			// Before the link is printed: whoever reads it may end the program at once.
			const ended = untilEnded(studio, context);
			return {
				json: { url: link, port: server.port, dataDir, pid: process.pid },
				text: greeting(link, server.port),
				stay: async () => {
					if (values.open && !(await openBrowser(link))) {
						context.reporter.line("No browser could be opened here: open the link yourself.");
					}
					offerLinks(server);
					await ended;
					await server.close();
					await studio.close();
					instance.release();
				},
			};
		} catch (error) {
			instance.release();
			throw error;
		}
	},
});

/** A bug in one answer must not take down the page, nor what trains behind it; the desktop app does the same. */
function outliveBugs(reporter: CommandContext["reporter"]): void {
	const tell = (error: unknown) =>
		reporter.line(`A bug in DQO Studio: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
	process.on("uncaughtException", tell);
	process.on("unhandledRejection", tell);
}

function rootOf(dir: string): { name: string; path: string } {
	const path = resolve(dir);
	if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
		throw usageError(`--root ${dir} is not a folder.`, "Give a folder that exists.");
	}
	return { name: path === homedir() ? "Home" : basename(path) || path, path };
}

function greeting(link: string, port: number): string {
	return [
		`DQO Studio: ${link}`,
		`From another computer: ssh -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()}, then open the link there.`,
		"The link lets one browser in, once. Press Enter for another; Ctrl-C ends.",
	].join("\n");
}

/** Each Enter in the terminal prints a fresh link, since the first is used up by its first use. */
function offerLinks(server: StudioServer): void {
	if (!process.stdin.isTTY) return;
	process.stdin.on("data", () => process.stdout.write(`DQO Studio: ${server.newLink()}\n`));
}

/** Resolves when the user wants to end: at the second Ctrl-C while something trains, and at once otherwise. */
function untilEnded(studio: Studio, { onInterrupt, reporter }: CommandContext): Promise<void> {
	return new Promise((resolve) => {
		let asked = false;
		const end = () => {
			for (const signal of ["SIGTERM", "SIGHUP"] as const) process.off(signal, end);
			reporter.line("Ending. Press Ctrl-C again to end at once.");
			done();
			resolve();
		};
		const done = onInterrupt(() => {
			if (asked) return end();
			asked = true;
			void runsAtWork(studio.handlers).then(
				(runs) => {
					if (runs.length === 0) return end();
					const what = runs.length === 1 ? `${runs[0]} trains` : `${runs.length} runs train`;
					reporter.line(`${what}. Press Ctrl-C again to save a checkpoint and stop.`);
				},
				// Whatever keeps the runs from being listed must not keep the program from ending.
				() => end(),
			);
		});
		for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, end);
	});
}
