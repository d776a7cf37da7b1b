import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProcessScoresSpec, processScoresResultSchema } from "../contract/jobs.ts";
import { PAPER_SAMPLING } from "../contract/sampling.ts";
import { PROMPT_TEMPLATES } from "../contract/task.ts";
import { loadDataset } from "../datasets/dataset.ts";
import { generateJob } from "./job.ts";
import { processScoresJob } from "./process-scores-job.ts";
import { recordingContext, stoppingContext } from "./testing/context.ts";

const starter = new URL("../../resources/starter/", import.meta.url).pathname;
let dir: string;
let data: string;
let names = 0;
/** Wrong responses a chunk. */
const CHUNK = 12;
const common = {
	modelDir: join(starter, "model"),
	task: "gsm8k" as const,
	template: PROMPT_TEMPLATES.plain,
	maxPromptTokens: 256,
	threads: 1,
	eventsPath: null,
};
const sampling = { ...PAPER_SAMPLING, maxNewTokens: 48, seed: 3 };
const specOf = (change: Partial<ProcessScoresSpec> = {}): ProcessScoresSpec => ({
	kind: "process-scores",
	...common,
	dataPath: data,
	outPath: join(dir, `scores-${names++}.jsonl`),
	separator: "line",
	sampling: { ...sampling, n: 6 },
	limit: null,
	...change,
});
const run = async (spec: ProcessScoresSpec) => {
	const { context, events } = recordingContext();
	const result = processScoresResultSchema.parse(await processScoresJob(spec, context, CHUNK));
	return { result, events };
};

beforeAll(async () => {
	dir = mkdtempSync(join(tmpdir(), "dqo-process-"));
	data = join(dir, "responses.jsonl");
	const prompts = join(starter, "data/train.jsonl");
	await generateJob(
		{
			kind: "generate",
			...common,
			dataPath: prompts,
			outPath: data,
			sampling: { ...sampling, n: 3 },
			limit: 24,
		},
		recordingContext().context,
	);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("processScoresJob", () => {
	it("writes scored rows with a score for each line, and the same bytes when it was broken off and resumed", async () => {
		const whole = specOf();
		const { result, events } = await run(whole);
		expect(result).toMatchObject({ reason: "completed", responses: 72, skipped: 0, resumed: 0 });
		const { kind, examples, problems } = await loadDataset(whole.outPath);
		expect([kind, problems.errors, examples.length]).toEqual(["scored", 0, 72]);
		const sources = (await loadDataset(data)).examples;
		for (const { response, segments, segmentRewards, label, responseTokenIds, ...rest } of examples) {
			expect(segments?.join("")).toBe(response);
			if (label) expect(segmentRewards).toEqual(segments?.map(() => 1));
			else expect(segmentRewards?.at(-1)).toBe(0);
			// Scores never rise again after the mistake.
			expect(segmentRewards?.join("")).toMatch(/^1*0*$/);
			const source = sources.find(
				(one) =>
					one.promptKey === rest.promptKey &&
					String(one.responseTokenIds) === String(responseTokenIds) &&
					String(one.behaviourLogprobs) === String(rest.behaviourLogprobs),
			);
			expect(source).toMatchObject({ response, label, reward: rest.reward, reference: rest.reference });
		}
		expect(result.recovered).toBeGreaterThan(0);
		expect(result.recovered).toBeLessThan(72 - result.correct);
		expect(result.prefixes).toBeGreaterThan(0);
		const progress = events.filter((event) => event.type === "progress").at(-1);
		expect(progress).toMatchObject({ secondsLeft: 0 });

		// Broken off within a later chunk, and what a process that was ended hard leaves behind: half a chunk, a torn line.
		const broken = specOf();
		const { reason, responses: kept } = await processScoresJob(
			broken,
			stoppingContext(broken.outPath, 4),
			CHUNK,
		);
		expect(reason).toBe("stopped");
		expect(kept).toBeGreaterThan(0);
		expect(kept).toBeLessThan(72);
		const next = readFileSync(whole.outPath, "utf8").split("\n")[kept] as string;
		appendFileSync(`${broken.outPath}.partial`, `${next}\n${next.slice(0, 40)}`);
		const second = await run({ ...broken, resume: true });
		expect(second.result).toMatchObject({ reason: "completed", responses: 72, resumed: kept });
		expect(second.result.prefixes).toBeLessThan(result.prefixes);
		expect(readFileSync(broken.outPath)).toEqual(readFileSync(whole.outPath));
		expect(existsSync(`${broken.outPath}.partial.json`)).toBe(false);
	});

	it("refuses to go on with other settings, to begin again over rows, and responses without references", async () => {
		const spec = specOf();
		writeFileSync(`${spec.outPath}.partial`, "{}\n");
		await expect(run(spec)).rejects.toMatchObject({
			code: "usage",
			hint: expect.stringContaining("--resume"),
		});
		writeFileSync(`${spec.outPath}.partial.json`, JSON.stringify({ seed: 3, task: "exact" }));
		await expect(run({ ...spec, resume: true })).rejects.toMatchObject({
			code: "usage",
			message: expect.stringContaining("another task"),
		});
		expect(readFileSync(`${spec.outPath}.partial`, "utf8")).toBe("{}\n");
		const bare = join(dir, "bare.jsonl");
		writeFileSync(bare, '{"prompt":"q","completion":"1","label":true}\n');
		await expect(run(specOf({ dataPath: bare }))).rejects.toMatchObject({
			code: "data-invalid",
			message: expect.stringContaining("row 1"),
		});
	});

	it("grades responses that come without label or sampled tokens", async () => {
		const plain = join(dir, "plain.jsonl");
		const rows = ["3+2=5\n#### 5", "3+2=6\n#### 6"].map((completion) => ({
			prompt: "Ben has 3 coins. He finds 2 coins. How many coins does Ben have now?",
			completion,
			reference: "#### 5",
		}));
		writeFileSync(plain, rows.map((row) => JSON.stringify(row)).join("\n"));
		const spec = specOf({ dataPath: plain });
		expect((await run(spec)).result).toMatchObject({ responses: 2, correct: 1, segments: 4, prefixes: 1 });
		const { examples } = await loadDataset(spec.outPath);
		expect(examples.map(({ label, reward }) => [label, reward])).toEqual([
			[true, 1],
			[false, 0],
		]);
		expect(examples[0]?.segmentRewards).toEqual([1, 1]);
	});
});
