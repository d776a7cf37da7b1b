import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Thread } from "../../core/app/threads/thread.ts";
import { startJob } from "../../core/engine/supervisor.ts";
import { mainBuild } from "./main-build.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let dir = "";
beforeAll(async () => {
	// Within the repository, so that the built code finds ONNX Runtime as an installed app does.
	mkdirSync(join(root, ".cache"), { recursive: true });
	dir = mkdtempSync(join(root, ".cache", "built-"));
	const { plugins, build: options } = mainBuild(root, dir);
	const { main: _main, ...input } = options.rollupOptions.input;
	await build({
		configFile: false,
		logLevel: "silent",
		plugins,
		build: { ...options, ssr: true, rollupOptions: { ...options.rollupOptions, input } },
	});
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const built = (name: string) => pathToFileURL(join(dir, name));

it("the built engine computes, in a process without the loader of sources", async () => {
	const job = startJob<"probe-provider">(
		{ kind: "probe-provider", provider: "cpu" },
		{ host: built("engine.mjs") },
	);
	expect((await job.result).elapsedMs).toBeGreaterThan(0);
});

it("the built thread reads a data file", async () => {
	const thread = new Thread(built("thread.mjs"));
	const path = join(dir, "data.jsonl");
	writeFileSync(path, `${JSON.stringify({ prompt: "1 + 1 =", completion: "2", label: true })}\n`);
	const index = join(dir, "index");
	await thread.ask("buildIndex", { dir: index, path, columns: {}, kind: null });
	const { rows } = await thread.ask("readPage", { dir: index, offset: 0, limit: 10 });
	expect(rows).toMatchObject([{ row: 1, values: ["1 + 1 =", "2", "true"] }]);
	thread.close();
});
