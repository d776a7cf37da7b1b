import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type ValuesSpec, valuesResultSchema } from "../contract/jobs.ts";
import { Graph } from "../graph/graph.ts";
import { decoder } from "../models/decoder.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { plainLayout } from "../models/layout.ts";
import { Network } from "../models/network.ts";
import { GraphSession } from "../runtime/session.ts";
import { RunStore } from "../store/run-store.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import {
	jobConfig,
	ofType,
	type Ran,
	recordingContext,
	train,
	type Workplace,
	workplace,
} from "../training/testing/job.ts";
import { valuesJob } from "./values.ts";

let place: Workplace;
let ran: Ran;
let scoredPath: string;
beforeAll(async () => {
	place = workplace();
	ran = await train(place, "run", jobConfig(place, { keepCheckpoints: 9, valueLr: 1e-2 }));
	scoredPath = join(place.root, "scored.jsonl");
	const rows = [0, 1, 2, 3].map((i) => {
		const segments = [`${i}+2=${i + (i % 2 ? 3 : 2)}\n`, `#### ${i + (i % 2 ? 3 : 2)}`];
		return {
			prompt: `Ben has ${i} coins. He finds 2 coins. How many coins does Ben have now?`,
			response: segments.join(""),
			segments,
			segment_rewards: i % 2 ? [i === 1 ? 1 : 0, 0] : [1, 1],
			label: i % 2 === 0,
		};
	});
	writeFileSync(scoredPath, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});

const specOf = (change: Partial<ValuesSpec> = {}): ValuesSpec => ({
	kind: "values",
	runDir: ran.runDir,
	dataPath: place.dataPath,
	checkpoint: "last",
	outPath: null,
	caseRows: null,
	limit: null,
	threads: 1,
	eventsPath: null,
	...change,
});
const values = async (change: Partial<ValuesSpec> = {}, stop = () => false) =>
	valuesResultSchema.parse(await valuesJob(specOf(change), recordingContext({ stop })));
const records = (path: string) =>
	readFileSync(path, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

describe("valuesJob", () => {
	it("computes V as a plain forward pass over the whole sequence does", async () => {
		const outPath = join(place.root, "values.jsonl");
		await values({ outPath, limit: 2 });
		const { config, tensors } = await loadModelFolder(place.modelDir);
		const tokenizer = await loadTokenizer(place.modelDir);
		const { dir } = RunStore.open(dirname(ran.runDir), basename(ran.runDir)).checkpoints.last() ?? {
			dir: "",
		};
		const trained = openSafetensors(join(dir, "trained.safetensors")).tensors;
		const head = trained.get("value:score.weight")?.load() as Float32Array;
		const graph = new Graph();
		const network = new Network(graph, config, tensors, "value", { type: "lora", rank: 4, alpha: 8 });
		graph.output("hidden", decoder(network, plainLayout(graph)));
		const session = await GraphSession.create(graph, { threads: 1 });
		const weights = Object.fromEntries(
			[...network.trained.keys()].map((name) => {
				const tensor = trained.get(`value:${name}`);
				if (!tensor) throw new Error(`${name} was not trained`);
				return [`value:${name}`, { shape: [...tensor.shape], data: tensor.load() }];
			}),
		);
		const lines = records(outPath);
		expect(lines).toHaveLength(2);
		for (const { prompt, response, values: found, token_ids, tokens } of lines) {
			const ids = tokenizer.renderPrompt(prompt);
			expect(tokenizer.decode(token_ids)).toBe(response);
			expect(tokens).toHaveLength(token_ids.length);
			const all = [...ids, ...token_ids];
			const feed = { shape: [1, all.length], data: BigInt64Array.from(all, BigInt) };
			const hidden = (await session.run({ input_ids: feed, ...weights })).hidden?.data as Float32Array;
			// V(s_h) stands at the last token of s_h: for the first response token at the prompt's last.
			for (const [h, value] of found.entries()) {
				const at = (ids.length - 1 + h) * config.hiddenSize;
				const expected = head.reduce((sum, w, d) => sum + w * (hidden[at + d] as number), 0);
				expect(Math.abs(value - expected)).toBeLessThan(1e-5);
			}
			expect(found.some((value: number) => Math.abs(value) > 1e-3)).toBe(true);
		}
		await session.release();
	});

	it("finds the AUC that the trainer found on its held-out rows", async () => {
		const told = ofType(ran.events, "eval").filter(({ step }) => step > 0);
		const held = new Set(ofType(ran.events, "eval")[0]?.samples.map(({ row }) => row));
		const lines = readFileSync(place.dataPath, "utf8").trim().split("\n");
		// Each prompt has two rows, and the samples name the first.
		const rows = lines.filter((_, i) => held.has(i + 1) || held.has(i));
		expect(rows).toHaveLength(6);
		const dataPath = join(place.root, "held-out.jsonl");
		writeFileSync(dataPath, `${rows.join("\n")}\n`);
		const { checkpoints } = await values({ dataPath, checkpoint: "all" });
		expect(checkpoints.map(({ step, auc }) => [step, auc])).toEqual(
			told.map(({ step, valueAuc }) => [step, valueAuc]),
		);
		expect(checkpoints.map(({ best }) => best)).toEqual([false, true, false]);
		for (const { auc, aucByPosition } of checkpoints) expect(aucByPosition.at(-1)).toBe(auc);
	});

	it("compares V at segment ends with process scores and shows the steps of a row", async () => {
		const outPath = join(place.root, "scored-values.jsonl");
		const result = await values({ dataPath: scoredPath, outPath, caseRows: [2] });
		expect(result).toMatchObject({ reason: "completed", rows: 4, correct: 2, wrong: 2, outPath });
		const [summary] = result.checkpoints;
		expect(summary?.correlation?.n).toBe(8);
		expect(summary?.correlationWrong?.n).toBe(4);
		const lines = records(outPath);
		const pairs = lines.flatMap(({ segments }) => segments);
		expect(pairs.map(({ score }) => score)).toEqual([1, 1, 1, 0, 1, 1, 0, 0]);
		// With b scores of 0 or 1, r = (mean V at 1 - mean V at 0) * sqrt(p (1 - p)) / sd(V); here p = 5/8.
		const of = (score: number) => pairs.filter((p) => p.score === score).map((p) => p.value as number);
		const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;
		const all = pairs.map((p) => p.value as number);
		const sd = Math.sqrt(mean(all.map((v) => (v - mean(all)) ** 2)));
		const r = ((mean(of(1)) - mean(of(0))) * Math.sqrt((5 / 8) * (3 / 8))) / sd;
		expect(summary?.correlation?.pearson).toBeCloseTo(r, 4);
		expect(result.cases).toHaveLength(1);
		const [shown] = result.cases;
		expect(shown).toMatchObject({ row: 2, verdict: "wrong", prompt: lines[1].prompt });
		expect(shown?.segments.map(({ text }) => text)).toEqual(["1+2=4\n", "#### 4"]);
		// V after the line break is V at the first token of the next line, one token on.
		const [first] = lines[1].segments;
		expect(shown?.segments[0]?.value).toBeCloseTo(lines[1].values[first.end + 1], 5);
		expect(shown?.segments[1]?.value).toBeCloseTo(lines[1].values.at(-1), 5);
	});

	it("stops between runs with the checkpoints done", async () => {
		const result = await values({ checkpoint: "all" }, () => true);
		expect(result).toMatchObject({ reason: "stopped", checkpoints: [], cases: [] });
	});

	it("says which runs and checkpoints it cannot read", async () => {
		await expect(values({ checkpoint: 7 })).rejects.toMatchObject({ code: "file-missing" });
		const sft = await train(place, "sft", jobConfig(place, { method: "sft", task: null, maxSteps: 1 }));
		await expect(values({ runDir: sft.runDir })).rejects.toMatchObject({ code: "config-invalid" });
	});
});
