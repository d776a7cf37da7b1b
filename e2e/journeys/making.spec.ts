import type { Page } from "playwright/test";
import { expect, test } from "../drivers/test.ts";

async function make(page: Page, what: string, fields: Record<string, string> = {}): Promise<void> {
	await page.getByRole("button", { name: "Make", exact: true }).click();
	await page.getByRole("menuitem", { name: what }).click();
	const dialog = page.getByRole("dialog");
	for (const [name, value] of Object.entries(fields))
		await dialog.getByRole("textbox", { name, exact: true }).fill(value);
	await dialog.getByRole("button", { name: "Start" }).click();
	await expect(dialog).toHaveCount(0);
}

const LENGTHS = { "Longest response": "80", "Longest prompt": "176" };

test("responses are made of problems, then verdicts, pairs and process scores of them", async ({
	studio,
}) => {
	const { page } = studio;
	const tasks = page.getByRole("region", { name: "Made from here" }).getByRole("listitem");
	await studio.go("/data/starter-train");
	await page.getByRole("button", { name: "Make", exact: true }).click();
	await expect(page.getByRole("menuitem", { name: /Make pairs…/ })).toBeDisabled();
	await page.keyboard.press("Escape");
	await make(page, "Generate responses…", {
		...LENGTHS,
		"Name of the new data set": "Twenty",
		"Prompts at most": "20",
		"Samples per prompt": "4",
	});
	await expect(tasks.first()).toContainText("80 responses to 20 prompts", { timeout: 60_000 });
	await tasks.first().getByRole("link", { name: "Open data set" }).click();
	await expect(page.getByRole("heading", { name: "Twenty" })).toBeVisible();
	await make(page, "Grade…");
	await expect(tasks.first()).toContainText("of 80 responses correct", { timeout: 30_000 });
	await make(page, "Make pairs…");
	await expect(tasks.first()).toContainText(/pairs? of \d+ possible/, { timeout: 30_000 });
	await make(page, "Process scores…", { ...LENGTHS, "Responses at most": "5" });
	await expect(tasks.first()).toContainText("5 responses in", { timeout: 60_000 });
});

test("making is cancelled halfway, goes on from there, and what fails says why", async ({ studio }) => {
	const { page } = studio;
	const tasks = page.getByRole("region", { name: "Made from here" }).getByRole("listitem");
	await studio.go("/data/starter-train");
	await make(page, "Generate responses…", {
		...LENGTHS,
		"Name of the new data set": "Halfway",
		"Prompts at most": "300",
	});
	await expect(tasks.first()).toContainText(/[1-9][\d,]* of 6,000/, { timeout: 60_000 });
	await tasks.first().getByRole("button", { name: "Cancel Halfway" }).click();
	await expect(tasks.first()).toContainText("Cancelled", { timeout: 60_000 });
	await tasks.first().getByRole("button", { name: "Go on" }).click();
	await expect(tasks.first()).toContainText("to 300 prompts", { timeout: 120_000 });
	await tasks.first().getByRole("button", { name: "Dismiss Halfway" }).click();
	await expect(tasks).toHaveCount(0);

	await make(page, "Generate responses…", { "Longest prompt": "1", "Prompts at most": "1" });
	await expect(tasks.first().getByRole("alert")).toBeVisible({ timeout: 60_000 });
	await expect(tasks.first().getByRole("button", { name: "Retry" })).toBeVisible();
});
