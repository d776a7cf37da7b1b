import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { SampleIndex } from "./samples.ts";

const line = (step: number, row: number) =>
	`${JSON.stringify({ step, row, prompt: `p${row}`, response: "r", reference: null, extracted: null, correct: row % 2 === 0, scores: null })}\n`;

function fileWith(text: string): string {
	const path = join(temporaryFolder(), "samples.jsonl");
	writeFileSync(path, text);
	return path;
}

test("questions asked at once find every answer once", async () => {
	const index = new SampleIndex(fileWith(Array.from({ length: 500 }, (_, row) => line(10, row)).join("")));
	const counts = await Promise.all([index.places(10), index.places(10), index.steps(), index.places(10)]);
	expect([counts[0].length, counts[1].length, counts[3].length]).toEqual([500, 500, 500]);
	expect(counts[2]).toEqual([10]);
});

test("what is appended is found by the next question, whole lines alone", async () => {
	const path = fileWith(line(1, 0));
	const index = new SampleIndex(path);
	expect(await index.places(1)).toHaveLength(1);
	appendFileSync(path, line(1, 1) + line(2, 0).slice(0, 20));
	expect(await index.places(1)).toHaveLength(2);
	expect(await index.steps()).toEqual([1]);
	appendFileSync(path, line(2, 0).slice(20));
	const [place] = await index.places(2);
	expect(place).toMatchObject({ row: 0, correct: true });
	expect(await index.load(place ? [place] : [])).toMatchObject([{ step: 2, prompt: "p0" }]);
});
