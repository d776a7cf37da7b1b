import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildWhenStale, root } from "./build.ts";
import { findElectron, noWindow } from "./electron.ts";

/**
 * `npm start`: builds what is missing or out of date and opens the app, in Electron where that can be had and else in
 * the browser. `npm start -- --browser` takes the browser; further options are those of `dqo serve`.
 */
const [first, ...others] = process.argv.slice(2);
const wantsBrowser = first !== undefined;
const serveOptions = first === "--browser" ? others : process.argv.slice(2);

const found = wantsBrowser ? null : await electronOrWhy();
if (found?.path) {
	build("electron");
	run(found.path, [root]);
} else {
	if (found !== null) console.log(`Opening in the browser, because Electron cannot be used: ${found.why}.`);
	build("page");
	run(process.execPath, [join(root, "bin", "dqo.mjs"), "serve", "--open", ...serveOptions]);
}

async function electronOrWhy() {
	const why = noWindow(process.platform, process.env, process.getuid?.());
	if (why !== null) return { path: null, why };
	return findElectron(join(root, "node_modules", "electron"), (line) => console.log(line));
}

function build(target: "page" | "electron"): void {
	const problem = buildWhenStale(target);
	if (problem === null) return;
	process.stderr.write(`${problem}The app could not be built.\n`);
	process.exit(1);
}

/** Becomes the app: Ctrl-C reaches it by the terminal, and its end is ours. */
function run(program: string, args: readonly string[]): void {
	// Set in the terminals of some editors; Electron would then start as plain Node and open nothing.
	const { ELECTRON_RUN_AS_NODE: _asNode, ...env } = process.env;
	const child = spawn(program, args, { stdio: "inherit", env });
	process.on("SIGINT", () => {});
	process.on("SIGTERM", () => child.kill("SIGTERM"));
	child.on("error", (error) => {
		process.stderr.write(`${program} could not be started: ${error.message}\n`);
		process.exit(1);
	});
	child.on("close", (code) => process.exit(code ?? 1));
}
