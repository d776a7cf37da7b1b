import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callProgram } from "../drivers/program.ts";
import { expect, test } from "../drivers/test.ts";

const starter = fileURLToPath(new URL("../../resources/starter/model", import.meta.url));

test("a model folder is added, looked at, renamed and removed, and one that is not supported says why", async ({
	studio,
}) => {
	const { page, filesDir } = studio;
	cpSync(starter, join(filesDir, "mine"), { recursive: true });
	mkdirSync(join(filesDir, "other"));
	writeFileSync(join(filesDir, "other", "config.json"), '{"model_type":"gemma3_text"}');
	const { id } = await callProgram(page, "models.add", { path: join(filesDir, "mine") });
	await callProgram(page, "models.add", { path: join(filesDir, "other") });
	await studio.go("/models");
	const table = page.getByRole("grid", { name: "Models" });
	await table.getByRole("row", { name: /^other/ }).click();
	await expect(page.getByText(/"gemma3_text" is not supported/)).toBeVisible();
	await expect(page.getByRole("link", { name: "Train with this" })).toHaveCount(0);

	await table.getByRole("row", { name: /^mine/ }).click();
	await expect(page.getByRole("region", { name: "Chat template" })).toContainText("What is 2 + 2?");
	await expect(page.getByRole("link", { name: "Train with this" })).toHaveAttribute(
		"href",
		`#/train?model=${id}`,
	);
	await table.getByRole("button", { name: "More actions for mine" }).click();
	await page.getByRole("menuitem", { name: "Rename…" }).click();
	await page.getByRole("textbox", { name: "Name" }).fill("Renamed");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("heading", { name: "Renamed" })).toBeVisible();

	await table.getByRole("button", { name: "More actions for Renamed" }).click();
	await page.getByRole("menuitem", { name: "Remove…" }).click();
	await page.getByRole("alertdialog").getByRole("button", { name: "Remove Renamed" }).click();
	await expect(table.getByRole("row", { name: /Renamed/ })).toHaveCount(0);
	await table.getByRole("button", { name: "More actions for Starter" }).click();
	await expect(page.getByRole("menuitem", { name: /Remove…/ })).toBeDisabled();
});
