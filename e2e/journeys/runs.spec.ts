import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright/test";
import { callProgram, startRun } from "../drivers/program.ts";
import { expect, test } from "../drivers/test.ts";

/** Steps of the run's own file, as the engine wrote them. */
function stepsOnDisk(dir: string): number[] {
	const lines = readFileSync(join(dir, "metrics.jsonl"), "utf8").split("\n").slice(0, -1);
	return lines
		.map((line) => JSON.parse(line) as { type?: string; step: number })
		.filter(({ type }) => type === undefined || type === "step")
		.map(({ step }) => step);
}

/** Steps that the loss chart shows as a table; the first four rows say the extremes, the first and the last. */
async function stepsShown(page: Page): Promise<number[]> {
	const rows = page.getByRole("region", { name: /as a table$/ }).getByRole("row");
	const cells = await rows.locator("td:nth-child(2)").allTextContents();
	return cells.slice(4).map(Number);
}

async function showTable(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Loss: chart menu" }).click();
	await page.getByRole("menuitem", { name: "Show as table" }).click();
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test("a run's points outlive reloads and its engine's sudden end, and pause, resume and stop do as they say", async ({
	studio,
}) => {
	const { page } = studio;
	const id = await startRun(page, { name: "Steady", steps: 90 });
	const { dir } = await callProgram(page, "runs.get", { id });
	await studio.go(`/runs/${id}`);
	const chart = page.getByRole("slider", { name: /^Loss/ });
	await expect(chart).toHaveAccessibleName(/at step \d+/, { timeout: 60_000 });

	await test.step("a reload in mid-run loses and doubles nothing", async () => {
		await page.reload();
		await expect(chart).toHaveAccessibleName(/at step \d+/, { timeout: 30_000 });
		await showTable(page);
		await expect.poll(async () => (await stepsShown(page)).length).toBeGreaterThan(3);
		const shown = await stepsShown(page);
		expect(shown).toEqual(upTo(shown.length));
	});

	await test.step("pause holds it, resume lets it go on", async () => {
		await page.getByRole("button", { name: "Pause" }).click();
		await expect(page.getByText("Paused", { exact: true }).first()).toBeVisible();
		const before = stepsOnDisk(dir).length;
		await page.waitForTimeout(1500);
		expect(stepsOnDisk(dir).length).toBe(before);
		await page.getByRole("button", { name: "Resume" }).first().click();
		await expect.poll(() => stepsOnDisk(dir).length, { timeout: 30_000 }).toBeGreaterThan(before);
	});

	await test.step("the window says when the engine died, and resume goes on from the checkpoint", async () => {
		await expect
			.poll(async () => (await callProgram(page, "runs.get", { id })).summary.lastSavedStep, {
				timeout: 60_000,
			})
			.toBeGreaterThan(0);
		const [pid] = studio.engines();
		if (pid === undefined) throw new Error("no engine at work");
		process.kill(pid, "SIGKILL");
		await expect(page.getByText(/^(Failed|Interrupted)$/).first()).toBeVisible({ timeout: 20_000 });
		await page
			.getByRole("button", { name: /^Resume/ })
			.first()
			.click();
		await expect(page.getByText("Training", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
	});

	await test.step("stop writes a checkpoint, and resume goes on to the end", async () => {
		const before = stepsOnDisk(dir).length;
		await expect.poll(() => stepsOnDisk(dir).length, { timeout: 30_000 }).not.toBe(before);
		await page.getByRole("button", { name: "Stop…" }).click();
		await page.getByRole("alertdialog").getByRole("button", { name: /^Stop/ }).click();
		await expect(page.getByText("Stopped", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
		const { summary } = await callProgram(page, "runs.get", { id });
		expect(summary.lastSavedStep).toBe(summary.step);
		await page.getByRole("button", { name: "Resume" }).first().click();
		await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 120_000 });
	});

	await test.step("at the end every step is there once: on disk, asked for, and shown", async () => {
		expect(stepsOnDisk(dir)).toEqual(upTo(90));
		await expect.poll(() => stepsShown(page)).toEqual(upTo(90));
		await page.reload();
		await showTable(page);
		await expect.poll(() => stepsShown(page)).toEqual(upTo(90));
	});
});
