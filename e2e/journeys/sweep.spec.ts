import type { Page } from "playwright/test";
import { trainOn } from "../drivers/labelled.ts";
import { callProgram } from "../drivers/program.ts";
import { expect, test } from "../drivers/test.ts";

const BETA = "β, pull to the base model";
const RATE = "Learning rate";
const LAMBDA = "λ, length of return";

/** Fills in fields of the form by their labels, and what both sweeps share. */
async function fillIn(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
	for (const [label, value] of Object.entries({ ...fields, Batch: "20", "Max length": "80" }))
		await page.getByLabel(label, { exact: true }).fill(value);
}

test("sweep: six runs drawn over β, learning rate and λ, from the form to the best checkpoint", async ({
	studio,
}) => {
	test.setTimeout(600_000);
	const { page } = studio;
	await trainOn(studio, 20);
	await fillIn(page, { [BETA]: "0.03..0.3 log", [RATE]: "3e-4..3e-3 log", [LAMBDA]: "0.95, 1", Epochs: "1" });
	await page.getByRole("radio", { name: "Random" }).click();
	await page.getByLabel("Runs", { exact: true }).fill("6");

	// A dry run can be left, and nothing of it stays.
	await page.getByRole("button", { name: /^Dry run/ }).click();
	await page.getByRole("button", { name: "Cancel", exact: true }).click();
	await expect(page.getByRole("button", { name: /^Dry run/ })).toBeVisible();
	await page.getByRole("button", { name: /^Start 6 runs/ }).click();
	await expect(page).toHaveURL(/#\/sweeps\//);

	// While it trains: the counts move and every planned run has its cell.
	const bar = page.getByRole("progressbar", { name: "Runs of the sweep" });
	await expect(bar).toHaveAttribute("aria-valuemax", "6", { timeout: 60_000 });
	const heatmap = page.getByRole("group", { name: /^Accuracy by β and learning rate/ });
	await expect(heatmap.getByRole("button", { name: /waiting|running/ }).first()).toBeVisible();
	await expect(bar).toHaveAttribute("aria-valuenow", "6", { timeout: 400_000 });
	await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
	const id = page.url().split("/").at(-1) ?? "";
	const { trials } = await callProgram(page, "sweeps.get", { id });
	expect(new Set(trials.map(({ values }) => values.beta)).size).toBe(6);
	await page.getByRole("radio", { name: "Mean" }).click();
	const shown = await heatmap.getByRole("button", { name: /\d\.\d %/ }).count();
	expect(shown).toBeGreaterThan(0);
	await expect(page.getByText(/From 8 finished runs on.* 6 finished so far/)).toBeVisible();

	// The leaderboard is ranked and filters, by words and by a part of an axis.
	const board = page.getByRole("grid", { name: "Leaderboard" });
	await expect(board.getByRole("row")).toHaveCount(7);
	const low = trials.filter(({ values }) => values.lambda === 0.95).length;
	const filter = page.getByRole("textbox", { name: "Filter Leaderboard" });
	await filter.fill("lambda<1");
	await expect(board.getByRole("row")).toHaveCount(low + 1);
	await filter.fill("");
	await page.getByRole("slider", { name: "λ: keep runs" }).press("ArrowUp");
	await expect(board.getByRole("row")).toHaveCount(6 - low + 1);
	await page.getByRole("slider", { name: "λ: keep runs" }).press("Escape");

	// X takes a pin away.
	await expect(page.getByRole("button", { name: /Compare 3 pinned/ })).toBeVisible();
	await board.getByRole("row").nth(1).focus();
	await page.keyboard.press("x");
	await expect(page.getByRole("button", { name: /Compare 2 pinned/ })).toBeVisible();

	// Enter opens the best run, whose best checkpoint goes on to the export.
	await board.getByRole("row").nth(1).focus();
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(/#\/runs\/.*%2Ft00\d/);
	await expect(page.getByRole("link", { name: "Open sweep" })).toBeVisible();
	await page.getByRole("link", { name: "Export", exact: true }).last().click();
	await expect(page.getByRole("combobox", { name: "Run" })).toContainText(/t00\d/);
	await expect(page.getByRole("combobox", { name: "Checkpoint" })).toContainText(/best/i);
});

test("sweep: successive halving with a run that diverges, stopped and resumed", async ({ studio }) => {
	test.setTimeout(600_000);
	const { page } = studio;
	await trainOn(studio, 10);
	await fillIn(page, { [BETA]: "0.1", [RATE]: "1e25, 3e-4, 1e-3", [LAMBDA]: "1", Epochs: "3" });
	await page.getByRole("radio", { name: "Grid, stop early" }).click();
	await page.getByLabel("First cut at", { exact: true }).fill("3");
	await page.getByRole("button", { name: /^Start 3 runs/ }).click();
	await expect(page).toHaveURL(/#\/sweeps\//);

	const bar = page.getByRole("progressbar", { name: "Runs of the sweep" });
	await expect(bar).toHaveAttribute("aria-valuetext", /1 failed/, { timeout: 120_000 });
	await expect(page.getByText(/Training diverged at step \d+/)).toBeVisible();
	await page.getByRole("button", { name: "Stop…" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: /^Stop/ }).click();
	await expect(page.getByText("Stopped", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
	await page.getByRole("button", { name: "Resume" }).click();

	await expect(bar).toHaveAttribute("aria-valuetext", "1 finished, 1 stopped early, 1 failed", {
		timeout: 300_000,
	});
	await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
	await expect(page.getByText(/stopped early, .* saved/)).toBeVisible();
	const board = page.getByRole("grid", { name: "Leaderboard" });
	await expect(board.getByRole("row").last()).toContainText("Failed");
	await page.getByRole("link", { name: "Train with other values" }).click();
	await expect(page.getByLabel(RATE, { exact: true })).toHaveValue("1e25");
});
