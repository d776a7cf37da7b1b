import { trainOn } from "../drivers/labelled.ts";
import { expect, test } from "../drivers/test.ts";

test("compare: two runs by settings, curves and problems, then both on another data set", async ({
	studio,
}) => {
	test.setTimeout(600_000);
	const { page } = studio;
	await trainOn(studio, 40);
	await page.getByLabel("β, pull to the base model", { exact: true }).fill("0.03");
	await page.getByLabel("Learning rate", { exact: true }).fill("3e-5, 3e-3");
	await page.getByLabel("λ, length of return", { exact: true }).fill("1");
	await page.getByLabel("Epochs", { exact: true }).fill("1");
	await page.getByLabel("Batch", { exact: true }).fill("16");
	await page.getByRole("button", { name: /^Start 2 runs/ }).click();
	const bar = page.getByRole("progressbar", { name: "Runs of the sweep" });
	await expect(bar).toHaveAttribute("aria-valuenow", "2", { timeout: 300_000 });
	await expect(page.getByRole("button", { name: /Compare 2 pinned/ })).toBeVisible();

	await page.keyboard.press("c");
	await expect(page).toHaveURL(/#\/compare\?runs=/);
	const settings = page.getByRole("table", { name: "Settings that differ" });
	await expect(settings.getByRole("row", { name: /^Learning rate/ })).toContainText("0.003");
	await expect(settings.getByRole("row")).toHaveCount(2);
	await expect(page.getByRole("region", { name: "Held-out accuracy" })).toBeVisible();
	await expect(page.getByRole("grid", { name: "Accuracy" }).getByRole("row")).toHaveCount(3);
	await expect(page.getByRole("grid", { name: "Pairs" })).toContainText(/told apart/);
	await page.getByRole("radio", { name: /^Both/ }).click();
	await expect(page.getByText(/^Correct: /)).toHaveCount(2);

	// The same two answer other problems; the result opens in the same view.
	const evaluate = async (problems: string) => {
		await page.getByRole("button", { name: "Evaluate on a data set…" }).click();
		await page.getByRole("combobox", { name: "Problems", exact: true }).click();
		await page.getByRole("option", { name: /test/i }).click();
		await page.getByLabel("Problems at most").fill(problems);
		await page.getByRole("button", { name: "Start", exact: true }).click();
		await expect(page).toHaveURL(/#\/compare\?task=/);
	};
	const compared = page.url();
	await evaluate("500");
	await page.getByRole("button", { name: "Cancel", exact: true }).click();
	await expect(page.getByText("No answer was kept.", { exact: false })).toBeVisible({ timeout: 60_000 });
	await page.goto(compared);
	await evaluate("20");
	await expect(page.getByText("the same 20 problems", { exact: false })).toBeVisible({ timeout: 120_000 });
	await studio.go("/compare");
	await expect(page.getByRole("grid", { name: "Evaluations" }).getByRole("row")).toHaveCount(3);
});
