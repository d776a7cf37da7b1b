import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startRun } from "../drivers/program.ts";
import { expect, test } from "../drivers/test.ts";

test("export: nothing yet, then a checkpoint as a model folder that is verified, listed and opened as a model", async ({
	studio,
}) => {
	test.setTimeout(300_000);
	const { page, dataDir } = studio;
	await studio.go("/export");
	await expect(page.getByRole("heading", { name: "No checkpoint to export yet" })).toBeVisible();

	const id = await startRun(page, { name: "Short", steps: 10 });
	await studio.go(`/export?run=${id}`);
	await expect(page.getByRole("combobox", { name: "Run" })).toContainText("Short", { timeout: 120_000 });
	await expect(page.getByRole("combobox", { name: "Checkpoint" })).toContainText("step 10", {
		timeout: 60_000,
	});
	const whole = page.getByRole("radio", { name: "Whole model" });
	await expect(whole).toBeChecked();
	await expect(page.getByRole("radio", { name: "LoRA adapter" })).toBeDisabled();
	await expect(page.getByText("This run trained every weight, so there is no adapter.")).toBeVisible();

	// The size follows the weights, and the commit works from where the keyboard is.
	const plan = page.getByRole("complementary", { name: "Plan" });
	const size = await plan.getByText(/MB$/).first().innerText();
	await page.getByRole("radio", { name: "BF16" }).click();
	await expect(plan.getByText(/MB$/).first()).not.toHaveText(size);
	await page.getByRole("radio", { name: "As trained" }).click();
	await expect(plan.getByText(/MB$/).first()).toHaveText(size);
	await page.keyboard.press("Control+Enter");

	await expect(page).toHaveURL(/#\/export\?task=/);
	await expect(page.getByText("Verified", { exact: true })).toBeVisible({ timeout: 120_000 });
	const against = page.getByRole("region", { name: "Against the run" });
	await expect(against).toContainText(/Max logit difference\s*0/);
	await expect(against).toContainText(/(\d+)\/\1/);
	await expect(
		page.getByText(/^model\.safetensors: \d+ tensors \(F32\) read back bit for bit\.$/),
	).toBeVisible();
	await expect(page.getByText(/^from transformers import pipeline/)).toContainText(`${id}-hf`);
	const files = page.getByRole("complementary", { name: "Files" });
	const written = readdirSync(join(dataDir, "exports", `${id}-hf`));
	expect(written).toContain("tokenizer.json");
	for (const name of written) await expect(files.getByText(name, { exact: true })).toBeVisible();

	await page.getByRole("link", { name: "Export another" }).click();
	// A file for llama.cpp, a byte a weight: another format has other weights to choose from, and another way on.
	await page.getByRole("radio", { name: "GGUF" }).click();
	await page.getByRole("radio", { name: "Q8_0" }).click();
	await page.keyboard.press("Control+Enter");
	await expect(page.getByText("Verified", { exact: true })).toBeVisible({ timeout: 120_000 });
	await expect(page.getByText(/^ollama create my-model -f/)).toContainText(`${id}-gguf`);
	expect(readdirSync(join(dataDir, "exports", `${id}-gguf`)).sort()).toEqual(["Modelfile", "model.gguf"]);
	await page.getByRole("link", { name: "Export another" }).click();

	const past = page.getByRole("grid", { name: "Exports" });
	await expect(past.getByRole("row", { name: /Whole model of Short/ })).toContainText("Verified");
	await past.getByText("Whole model of Short").click();

	await page.getByRole("button", { name: "Add as a model" }).click();
	await expect(page).toHaveURL(/#\/models\/[^/]+$/, { timeout: 30_000 });
	await expect(page.getByRole("heading", { name: `${id}-hf` })).toBeVisible();
	await expect(page.getByText(/Llama/i).first()).toBeVisible();
});
