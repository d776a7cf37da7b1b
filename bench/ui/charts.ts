import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { build, preview } from "vite";
import { z } from "zod";
import type { Row, UiBench } from "./case.ts";

const root = new URL("../../", import.meta.url).pathname;
const resultSchema = z.object({
	frameMs: z.array(z.number()),
	drawMs: z.array(z.number()),
	longestTaskMs: z.number(),
	points: z.number(),
});

function quantile(values: readonly number[], q: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

async function measure(browser: Browser, url: string, name: string): Promise<Row[]> {
	const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
	try {
		await page.goto(url);
		await page.waitForFunction("globalThis.chartBench?.done", undefined, { timeout: 120_000 });
		const result = resultSchema.parse(await page.evaluate("globalThis.chartBench"));
		return [
			{
				name: `${name}: frames`,
				value: 1000 / quantile(result.frameMs, 0.5),
				unit: "1/s, median",
				target: { least: 30 },
			},
			{ name: `${name}: frames`, value: 1000 / quantile(result.frameMs, 0.95), unit: "1/s, 5th percentile" },
			// The browser reports tasks from 50 ms on.
			{ name: `${name}: longest task of 50 ms or more`, value: result.longestTaskMs, unit: "ms" },
			{ name: `${name}: redraw`, value: quantile(result.drawMs, 0.95), unit: "ms, p95" },
			{ name: `${name}: redraws`, value: result.drawMs.length / 10, unit: "1/s" },
			{ name: `${name}: points added`, value: result.points / 10, unit: "1/s" },
		];
	} finally {
		await page.close();
	}
}

/** 10 runs of 100,000 points, raw and smoothed, while points arrive for 10 s: as the screens redraw (4 a second), and at every frame. */
export const bench: UiBench = {
	name: "charts",
	run: async (browser) => {
		const outDir = await mkdtemp(join(tmpdir(), "dqo-bench-ui-"));
		const common = {
			root: join(root, "renderer"),
			configFile: join(root, "vite.config.ts"),
			logLevel: "warn",
		} as const;
		try {
			await build({
				...common,
				build: {
					outDir,
					emptyOutDir: true,
					rolldownOptions: { input: join(root, "renderer/charts-bench.html") },
				},
			});
			const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
			try {
				const page = `${server.resolvedUrls?.local[0]}charts-bench.html`;
				const live = await measure(browser, page, "live");
				return [...live, ...(await measure(browser, `${page}#every-frame`, "every frame"))];
			} finally {
				await server.close();
			}
		} finally {
			await rm(outDir, { recursive: true, force: true });
		}
	},
};
