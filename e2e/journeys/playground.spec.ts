import { trainOn } from "../drivers/labelled.ts";
import { expect, test } from "../drivers/test.ts";

test("playground: the base and a checkpoint answer the same problem, V stands under both", async ({
	studio,
}) => {
	test.setTimeout(400_000);
	const { page } = studio;
	await trainOn(studio, 16);
	await page.getByLabel("Epochs", { exact: true }).fill("1");
	await page.getByLabel("Batch", { exact: true }).fill("16");
	await page.getByRole("button", { name: /^Start/ }).click();
	await expect(page).toHaveURL(/#\/runs\/[^/]+$/);
	const id = page.url().split("/").at(-1) ?? "";
	await expect(page.getByText("Finished", { exact: true }).first()).toBeVisible({ timeout: 150_000 });
	await studio.go(`/playground?run=${id}`);
	await expect(page.getByRole("combobox", { name: "Model 2" })).toContainText("best checkpoint");
	await page
		.getByRole("textbox", { name: "Prompt", exact: true })
		.fill("Ben has 6 cakes. He finds 2 cakes. How many cakes does Ben have?");
	await page.getByRole("textbox", { name: "Reference answer, if known" }).fill("#### 8");
	await page.keyboard.press("Control+Enter");
	await expect(page.getByText(/tokens\/s, /)).toHaveCount(2, { timeout: 60_000 });
	await expect(page.getByText(/^(Correct|Wrong): /).first()).toBeVisible();
	// The base has no V of its own: its answer is read by that of the run trained from it.
	await expect(page.getByText("Value along the response")).toHaveCount(2);
	await page.getByRole("radio", { name: "Best of n" }).click();
	await page.keyboard.press("Control+Enter");
	await expect(page.getByText(/tokens\/s, /)).toHaveCount(2, { timeout: 60_000 });
});
