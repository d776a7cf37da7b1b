import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const train = fileURLToPath(new URL("../../resources/starter/data/train.jsonl", import.meta.url));

/** Writes a small scored data set: for each of the starter's first problems a right and a wrong response. */
export function writeLabelled(path: string, problems: number): void {
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
