import { trainOn } from "../drivers/labelled.ts";
import { expect, test } from "../drivers/test.ts";

test("sweep: six runs over β, learning rate and λ, from the form to the best checkpoint", async ({
	studio,
}) => {
	test.setTimeout(600_000);
	const { page } = studio;
	await trainOn(studio, 40);
	await page.getByLabel("β, pull to the base model", { exact: true }).fill("0.03, 0.1, 0.3");
	await page.getByLabel("Learning rate", { exact: true }).fill("3e-4, 1e-3");
	await page.getByLabel("λ, length of return", { exact: true }).fill("0.95");
	await page.getByLabel("Epochs", { exact: true }).fill("1");
	await page.getByLabel("Batch", { exact: true }).fill("16");
	await page.getByRole("button", { name: /^Start 6 runs/ }).click();
	await expect(page).toHaveURL(/#\/sweeps\//);

	// While it trains: the counts move and every planned run has its cell.
	const bar = page.getByRole("progressbar", { name: "Runs of the sweep" });
	await expect(bar).toHaveAttribute("aria-valuemax", "6", { timeout: 60_000 });
	await expect(page.getByRole("button", { name: /^β 0\.3, learning rate 3e-4/ })).toBeVisible();
	await expect(bar).toHaveAttribute("aria-valuenow", "6", { timeout: 400_000 });
	await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 60_000 });

	// The leaderboard is ranked, filters, and X takes a pin away.
	const board = page.getByRole("grid", { name: "Leaderboard" });
	await expect(board.getByRole("row")).toHaveCount(7);
	await page.getByRole("textbox", { name: "Filter Leaderboard" }).fill("beta<0.3");
	await expect(board.getByRole("row")).toHaveCount(5);
	await page.getByRole("textbox", { name: "Filter Leaderboard" }).fill("");
	await expect(page.getByRole("button", { name: /Compare 3 pinned/ })).toBeVisible();
	await board.getByRole("row").nth(1).focus();
	await page.keyboard.press("x");
	await expect(page.getByRole("button", { name: /Compare 2 pinned/ })).toBeVisible();

	// Enter opens the best run, which has a checkpoint to go on with.
	await board.getByRole("row").nth(1).focus();
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(/#\/runs\/.*%2Ft00\d/);
	await expect(page.getByRole("link", { name: "Try checkpoint" })).toBeVisible();
	await expect(page.getByRole("link", { name: "Open sweep" })).toBeVisible();
});
