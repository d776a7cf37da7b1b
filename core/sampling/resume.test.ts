import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GenerateSpec } from "../contract/jobs.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { generateJob } from "./job.ts";
import { recordingContext, stoppingContext } from "./testing/context.ts";

const starter = new URL("../../resources/starter/", import.meta.url).pathname;
let dir: string;
let names = 0;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-resume-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const specOf = (change: Partial<GenerateSpec> = {}): GenerateSpec => ({
	kind: "generate",
	modelDir: join(starter, "model"),
	dataPath: join(starter, "data/train.jsonl"),
	outPath: join(dir, `out-${names++}.jsonl`),
	task: "gsm8k",
	template: PROMPT_TEMPLATES.plain,
	sampling: { ...PAPER_SAMPLING, n: 2, maxNewTokens: 20, seed: 5 },
	maxPromptTokens: 256,
	limit: 270,
	threads: 1,
	eventsPath: null,
	...change,
});
const run = (spec: GenerateSpec) => generateJob(spec, recordingContext().context);
const rowsOf = (path: string) =>
	readFileSync(path, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

describe("a resumed generate job", () => {
	it("gives the bytes of an unbroken one, though a prompt was half written", async () => {
		const whole = specOf();
		const unbroken = await run(whole);
		const bytes = readFileSync(whole.outPath);
		const lines = bytes.toString().split("\n");
		// Ended hard in the first batch of 512, and in the second; the last row is torn.
		for (const rows of [75, 525]) {
			const spec = specOf();
			const { reason } = await generateJob(spec, stoppingContext(spec.outPath, 1));
			expect(reason).toBe("stopped");
			writeFileSync(`${spec.outPath}.partial`, `${lines.slice(0, rows).join("\n")}\n`);
			appendFileSync(`${spec.outPath}.partial`, lines[rows]?.slice(0, 50) ?? "");
			const resumed = await run({ ...spec, resume: true });
			expect(resumed).toMatchObject({
				...unbroken,
				outPath: spec.outPath,
				resumed: rows - 1,
				wallSeconds: expect.any(Number),
			});
			expect(readFileSync(spec.outPath).equals(bytes)).toBe(true);
		}
	});

	it("starts anew where there is nothing, and refuses rows of other settings", async () => {
		const small = specOf({ limit: 4, resume: true });
		expect(await run(small)).toMatchObject({ reason: "completed", responses: 8, resumed: 0 });
		const spec = specOf();
		writeFileSync(`${spec.outPath}.partial`, "{}\n");
		await expect(run({ ...spec, resume: true })).rejects.toMatchObject({
			code: "usage",
			message: expect.stringContaining(".partial.json"),
		});
	});
});

describe("a deduplicating generate job", () => {
	it("writes each text of a prompt once, with its copies, and counts what it left out", async () => {
		const sampling = { ...specOf().sampling, n: 8 };
		const [all, once] = [specOf({ limit: 6, sampling }), specOf({ limit: 6, sampling, dedupe: true })];
		await run(all);
		const result = await run(once);
		const texts = (path: string) =>
			rowsOf(path).map(({ prompt, completion }) => JSON.stringify([prompt, completion]));
		expect(texts(once.outPath)).toEqual([...new Set(texts(all.outPath))]);
		expect(result.duplicates).toBeGreaterThan(0);
		expect(result.responses + result.duplicates).toBe(48);
		const copies = rowsOf(once.outPath).reduce((sum, row) => sum + row.copies, 0);
		expect(copies).toBe(48);
		const { kind, problems } = await loadDataset(once.outPath);
		expect([kind, problems.errors + problems.warnings]).toEqual(["scored", 0]);
	});
});
