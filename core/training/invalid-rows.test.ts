import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { resolveRunConfig } from "../contract/resolve.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { prepare } from "./prepare.ts";

const modelDir = fileURLToPath(new URL("../../resources/starter/model", import.meta.url));

function configOf(lines: readonly string[], change: Record<string, unknown> = {}) {
	const dataPath = join(temporaryFolder(), "data.jsonl");
	writeFileSync(dataPath, `${lines.join("\n")}\n`);
	return resolveRunConfig({ modelDir, dataPath, split: { validation: 0, test: 0 }, ...change });
}

const row = (prompt: string, label: unknown) => JSON.stringify({ prompt, completion: "#### 1", label });
const MIXED = [row("a", true), row("b", "maybe"), "{ torn", row("c", false)];

test("rows with errors keep a run from starting", async () => {
	await expect(prepare(configOf(MIXED))).rejects.toMatchObject({ code: "data-invalid" });
});

test("with skip they are left out, counted, and told of with the first of them", async () => {
	const { train, notes } = await prepare(configOf(MIXED, { invalidRows: "skip" }));
	expect(train.map((trajectory) => trajectory.row)).toEqual([1, 4]);
	expect(notes.join("\n")).toMatch(
		/2 errors in .*data\.jsonl: their rows are left out \(first: row 2, column "label"/,
	);
});

test("a file of nothing but errors is refused all the same", async () => {
	await expect(prepare(configOf(["{ torn", "{ too"], { invalidRows: "skip" }))).rejects.toMatchObject({
		code: "data-invalid",
	});
});

test("held-out data are read by the names that their own columns stand for", async () => {
	const held = join(temporaryFolder(), "held.jsonl");
	writeFileSync(held, `${JSON.stringify({ problem: "z", solution: "#### 1" })}\n`);
	const { heldOut, heldOutPrompts } = await prepare(
		configOf([row("a", true), row("c", false)], {
			method: "sft",
			validationPath: held,
			validationColumns: { problem: "question", solution: "answer" },
		}),
	);
	expect(heldOut).toHaveLength(1);
	expect(heldOutPrompts).toMatchObject([{ text: "z", reference: "#### 1" }]);
});
