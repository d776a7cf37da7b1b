import { trainOn } from "../drivers/labelled.ts";
import { expect, test } from "../drivers/test.ts";

test("playground: a base model and its checkpoint answer the same problem, and an answer is cancelled", async ({
	studio,
}) => {
	test.setTimeout(600_000);
	const { page } = studio;
	await trainOn(studio, 20);
	await page.getByLabel("Epochs", { exact: true }).fill("1");
	await page.getByLabel("Batch", { exact: true }).fill("16");
	await page.getByRole("button", { name: /^Start/ }).click();
	await expect(page).toHaveURL(/#\/runs\//, { timeout: 60_000 });
	const run = page.url().split("/").at(-1);
	await expect(page.getByRole("main").getByText("Finished").first()).toBeVisible({ timeout: 300_000 });

	await studio.go(`/playground?run=${run}`);
	await expect(page.getByRole("combobox", { name: "Model 1", exact: true })).toContainText("built-in model");
	await expect(page.getByRole("combobox", { name: "Checkpoint of model 2" })).toContainText("Best");
	// A run is found by what it was trained on.
	await page.getByRole("combobox", { name: "Model 2", exact: true }).press("ArrowDown");
	await page.keyboard.type("dqo scored %");
	await expect(page.getByRole("option")).toHaveCount(1);
	await page.keyboard.press("Enter");
	await expect(page.getByRole("combobox", { name: "Model 2", exact: true })).toContainText("DQO on scored");
	await page.getByRole("button", { name: "Take a problem…" }).click();
	await page.getByRole("list", { name: "Problems" }).getByRole("button").first().click();
	await page.getByRole("textbox", { name: "Problem", exact: true }).press("Control+Enter");
	const answers = page.getByRole("region", { name: /^Answer of / });
	await expect(answers).toHaveCount(2);
	await expect(answers.getByText(/tokens\/s/)).toHaveCount(2, { timeout: 120_000 });
	await expect(answers.getByText(/^(Correct|Wrong): /).first()).toBeVisible();
	await expect(answers.nth(1).getByText("Value along the answer")).toBeVisible();

	const retry = answers.nth(1).getByRole("button", { name: /^Retry from line/ });
	await retry.click();
	await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).click();
	await expect(page.getByRole("dialog")).toBeHidden();
	await retry.click();
	await expect(page.getByRole("list", { name: "Completions" }).getByRole("listitem")).toHaveCount(20, {
		timeout: 60_000,
	});
	await expect(page.getByRole("dialog")).toContainText(/\d+ of 20 completions end correct/);
	await page.keyboard.press("Escape");

	// So hot that answers do not end by themselves: there is time to cancel.
	await page.getByRole("radio", { name: "Best of n" }).click();
	await page.getByLabel("n", { exact: true }).fill("32");
	await page.getByLabel("Temperature").fill("10");
	await page.getByLabel("Top-k").fill("0");
	await page.getByLabel("Threshold").fill("0");
	await page.getByLabel("Top-p").fill("1");
	await page.getByRole("button", { name: /^Ask(?! again)/ }).click();
	await page.getByRole("button", { name: "Cancel", exact: true }).click();
	await expect(answers.getByText("Cancelled", { exact: true }).first()).toBeVisible();
	await expect(page.getByRole("button", { name: /^Ask(?! again)/ })).toBeEnabled();

	// The history brings back the models of that time.
	await page.getByRole("button", { name: "Remove model 1" }).click();
	await page.getByRole("button", { name: "History" }).click();
	await page.getByRole("menuitem", { name: /^1\. / }).click();
	await expect(page.getByRole("combobox", { name: "Model 1", exact: true })).toContainText("built-in model");
	await expect(answers.getByText(/tokens\/s/)).toHaveCount(2);
});
