import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callProgram } from "../drivers/program.ts";
import { expect, type Studio, test } from "../drivers/test.ts";

const parquet = fileURLToPath(new URL("../../fixtures/datasets/scored-snappy.parquet", import.meta.url));

function file({ filesDir }: Studio, name: string, content: string | Uint8Array): string {
	const path = join(filesDir, name);
	writeFileSync(path, content);
	return path;
}

const row = (i: number, label: unknown = i % 2 === 0) =>
	JSON.stringify({ prompt: `What is ${i}+1?`, completion: `It is ${i + 1}.`, label });

test("a dropped JSONL is read, counted and shown as the model sees it, its bad rows told of", async ({
	studio,
}) => {
	const { page } = studio;
	const lines = Array.from({ length: 200 }, (_, i) => row(i));
	await studio.drop(file(studio, "good.jsonl", `${[...lines, "{ torn", row(7, "maybe")].join("\n")}\n`));
	await expect(page.getByRole("heading", { name: "good.jsonl" })).toBeVisible();
	await expect(page.getByText("of 202", { exact: true })).toBeVisible();
	await expect(page.getByText("unknown-label")).toBeVisible();
	await expect(page.getByText("bad-json")).toBeVisible();
	await expect(page.getByRole("button", { name: /assistant, in the loss/ }).first()).toBeVisible();
	await page.getByRole("tab", { name: /Rows/ }).click();
	const table = page.getByRole("grid", { name: /rows of the file/ });
	await table.getByRole("row", { name: /What is 3\+1\?/ }).click();
	await expect(page.getByRole("complementary", { name: "Row 4" })).toContainText("It is 4.");
	await table.focus();
	await page.keyboard.press("j");
	await expect(page.getByRole("complementary", { name: "Row 5" })).toContainText("It is 5.");
	await page.keyboard.press("End");
	await expect(table.getByRole("row", { selected: true })).toContainText("maybe");
	await page.keyboard.press("Escape");
	await expect(page.getByRole("complementary")).toHaveCount(0);
});

test("a file that changes on disk is read again where its rows are missed", async ({ studio }) => {
	const { page } = studio;
	const lines = Array.from({ length: 20 }, (_, i) => row(i));
	const path = file(studio, "moving.jsonl", `${lines.join("\n")}\n`);
	const { ids } = await callProgram(page, "data.add", { paths: [path] });
	await studio.go(`/data/${ids[0]}`);
	const next = page.getByRole("button", { name: "Next example" });
	await expect(next).toBeEnabled({ timeout: 60_000 });
	file(studio, "moving.jsonl", `${[...lines, row(20), row(21)].join("\n")}\n`);
	await next.click();
	// Every part that asks says so of itself; the problems do as well when they ask again after the lengths are counted.
	const tokens = page.getByRole("region", { name: "Tokens" });
	await expect(tokens.getByRole("alert")).toContainText("changed on disk");
	await tokens.getByRole("button", { name: "Read again" }).click();
	await expect(page.getByRole("tab", { name: "Rows 22" })).toBeVisible({ timeout: 30_000 });
});

test("a CSV with columns of its own is mapped by the user, a Parquet needs nothing", async ({ studio }) => {
	const { page } = studio;
	const lines = Array.from({ length: 30 }, (_, i) => `Was ist ${i}+1?,Es ist ${i + 1}.,1`);
	await studio.drop(file(studio, "own.csv", `frage,antwort,punkte\n${lines.join("\n")}\n`));
	await expect(page.getByText("Say what its columns stand for.")).toBeVisible();
	for (const [column, role] of [
		["frage", "Prompt"],
		["antwort", "Response"],
		["punkte", "Reward"],
	] as const) {
		await page.getByRole("combobox", { name: `Use ${column} as` }).click();
		await page.getByRole("option", { name: role, exact: true }).click();
	}
	await page.getByRole("button", { name: "Apply" }).click();
	await expect(page.getByText("Scored trajectories").first()).toBeVisible();
	await expect(page.getByText("Say what its columns stand for.")).toBeHidden();
	await studio.drop(parquet);
	await expect(page.getByRole("heading", { name: "scored-snappy.parquet" })).toBeVisible();
	await expect(page.getByRole("link", { name: "Train on this" })).toBeVisible();
});

test("three broken files each say what is wrong and where", async ({ studio }) => {
	const { page } = studio;
	const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
		["empty.jsonl", "", /no rows|empty/i],
		["binary.jsonl", Uint8Array.from({ length: 2000 }, (_, i) => (i * 37) % 256), /byte \d+/],
		["torn.jsonl", "{ torn\n[1, 2]\nnot json\n", /error|JSON/],
	];
	for (const [name, content, words] of broken) {
		await studio.drop(file(studio, name, content));
		await expect(page.getByRole("heading", { name })).toBeVisible();
		await expect(page.getByRole("alert").filter({ hasText: words })).toBeVisible();
	}
	await expect(page.getByRole("link", { name: /cannot be read/ })).toHaveCount(3);
});
