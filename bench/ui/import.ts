import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { callProgram } from "../../e2e/drivers/program.ts";
import type { Row, UiBench } from "./case.ts";
import { importBench, writeRows } from "./import-service.ts";
import { withServed } from "./served.ts";

const ROWS = 1_000_000;
const LONGEST_TASK_MS = 200;

/** What a million rows do to the window and to the program, once by path and once uploaded through the browser. */
export const bench: UiBench = {
	name: "import",
	run: async (browser) => {
		const figures = await importBench(ROWS);
		const rows: Row[] = [
			{ name: "service: rows read", value: figures.rowsPerSecond, unit: "1/s" },
			{ name: "service: longest block of its loop", value: figures.longestBlockMs, unit: "ms" },
			{ name: "service: memory added at the peak", value: figures.peakExtraBytes / 2 ** 20, unit: "MiB" },
			{ name: "service: slowest page of 200 rows", value: figures.slowestPageMs, unit: "ms" },
		];
		return withServed(async ({ url, process: server }, dir) => {
			const page = await open(browser, url);
			const path = join(dir, "million.jsonl");
			writeRows(path, ROWS);
			for (const way of ["by path", "uploaded"] as const) {
				const started = performance.now();
				const id = await (way === "by path" ? addPath(page, path) : upload(page, path));
				await page.evaluate((to) => {
					location.hash = to;
				}, `/data/${id}`);
				const seconds = await scrollUntilRead(page, id, started);
				rows.push(
					{
						name: `${way}: longest task of the page`,
						value: await longestTask(page),
						unit: "ms",
						target: { most: LONGEST_TASK_MS },
					},
					{ name: `${way}: rows read, with the upload`, value: ROWS / seconds, unit: "1/s" },
					{ name: `${way}: peak memory of the server`, value: peakMiB(server.pid), unit: "MiB" },
				);
			}
			await page.context().close();
			return rows;
		});
	},
};

async function open(browser: Browser, url: string): Promise<Page> {
	const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
	await page.addInitScript(() => {
		const tasks: number[] = [];
		Object.assign(globalThis, { longTasks: tasks });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) tasks.push(entry.duration);
		}).observe({ type: "longtask" });
	});
	await page.goto(url);
	await page.getByRole("heading", { level: 1 }).waitFor();
	await page.evaluate("longTasks.length = 0");
	return page;
}

/** Longest task since the last asking; the browser tells of those of 50 ms and more. */
async function longestTask(page: Page): Promise<number> {
	return page.evaluate("Math.max(0, ...longTasks.splice(0))");
}

async function addPath(page: Page, path: string): Promise<string> {
	const { ids } = await callProgram(page, "data.add", { paths: [path] });
	return ids[0] ?? "";
}

/** Dropped on the window, as a user of a browser does. */
async function upload(page: Page, path: string): Promise<string> {
	const before = new Set((await callProgram(page, "data.list", {})).entries.map(({ id }) => id));
	await page.evaluate(() => {
		const input = Object.assign(document.createElement("input"), { type: "file", id: "bench-file" });
		document.body.append(input);
	});
	await page.locator("#bench-file").setInputFiles(path);
	await page.evaluate(() => {
		const dataTransfer = new DataTransfer();
		const input = document.querySelector<HTMLInputElement>("#bench-file");
		for (const file of input?.files ?? []) dataTransfer.items.add(file);
		for (const type of ["dragover", "drop"]) {
			document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
		}
	});
	for (;;) {
		const { entries } = await callProgram(page, "data.list", {});
		const added = entries.find(({ id }) => !before.has(id));
		if (added) return added.id;
		await page.waitForTimeout(100);
	}
}

/** Turns the wheel over the screen while the file is read; returns seconds since `started`. */
async function scrollUntilRead(page: Page, id: string, started: number): Promise<number> {
	await page.mouse.move(800, 600);
	for (let i = 0; ; i++) {
		await page.mouse.wheel(0, i % 20 < 15 ? 900 : -2500);
		await page.waitForTimeout(100);
		const { state, failure } = await callProgram(page, "data.get", { id });
		if (state === "failed") throw new Error(JSON.stringify(failure));
		if (state === "ready") break;
	}
	const seconds = (performance.now() - started) / 1000;
	for (let i = 0; i < 30; i++) {
		await page.mouse.wheel(0, 3000);
		await page.waitForTimeout(50);
	}
	return seconds;
}

/** Peak resident memory, where the system tells it. */
function peakMiB(pid: number | undefined): number {
	if (process.platform !== "linux") return Number.NaN;
	const text = readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) / 1024;
}
