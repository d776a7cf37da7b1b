import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Studio } from "./test.ts";

const train = fileURLToPath(new URL("../../resources/starter/data/train.jsonl", import.meta.url));

/** Writes a small scored data set: for each of the starter's first problems a right and a wrong response. */
function writeLabelled(path: string, problems: number): void {
	const rows = readFileSync(train, "utf8")
		.split("\n")
		.slice(0, problems)
		.map((line) => JSON.parse(line) as { question: string; answer: string });
	const lines = rows.flatMap(({ question: prompt, answer: reference }) => {
		const wrong = reference.replace(/#### (\d+)/, (_, n: string) => `#### ${Number(n) + 1}`);
		return [
			{ prompt, completion: reference, label: true, reference },
			{ prompt, completion: wrong, label: false, reference },
		];
	});
	writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
}

/** Adds scored data as a user does, and opens Train with it once it is read. */
export async function trainOn(studio: Studio, problems: number): Promise<void> {
	const { page } = studio;
	const file = join(studio.filesDir, "scored.jsonl");
	writeLabelled(file, problems);
	await studio.drop(file);
	await expect(page).toHaveURL(/#\/data\/[^/]+$/, { timeout: 30_000 });
	await studio.go(`/train?data=${page.url().split("/").at(-1)}`);
	const chosen = page.getByRole("combobox", { name: "Data set" });
	await expect(chosen).toContainText(`${2 * problems} rows`, { timeout: 60_000 });
}
