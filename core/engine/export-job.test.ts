import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { EventBody } from "../contract/events.ts";
import { type ExportSpec, exportResultSchema } from "../contract/jobs.ts";
import { openRunPolicy } from "../export/run-policy.ts";
import { VALUE_HEAD_FILE } from "../export/value-head.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { inMemory, openSafetensors } from "../models/hf/safetensors.ts";
import { RunStore } from "../store/run-store.ts";
import { jobConfig, ofType, recordingContext, train, workplace } from "../training/testing/job.ts";
import { comparePolicies, measure } from "./export-comparison.ts";
import { exportJob } from "./export-job.ts";

let root = "";
let runDir = "";
beforeAll(async () => {
	const place = workplace();
	root = place.root;
	({ runDir } = await train(place, "run", jobConfig(place, { epochs: 1, lr: 0.01 })));
});

const specOf = (name: string, change: Partial<ExportSpec> = {}): ExportSpec => ({
	kind: "export",
	runDir,
	checkpoint: "last",
	format: "hf",
	outDir: join(root, name),
	dtype: null,
	threads: 1,
	...change,
});

describe("an export", () => {
	it.each(["hf", "peft"] as const)("as %s answers bit for bit as the run does", async (format) => {
		const context = recordingContext();
		const result = exportResultSchema.parse(await exportJob(specOf(format, { format }), context));
		expect(result).toMatchObject({ verified: true, problem: null });
		expect(result.comparison?.maxLogitDifference).toBe(0);
		expect(result.comparison?.greedyTokens).toBeGreaterThan(0);
		expect(result.comparison?.greedyEqual).toBe(result.comparison?.greedyTokens);
		expect(result.checks.at(-1)).toMatch(/tokens equal to the run's own/);
		const phases = ofType(context.events, "phase").map(({ phase }) => phase);
		expect(phases).toEqual(["load", "export", "verify"]);
		const { done, total } = ofType(context.events, "progress").at(-1) ?? { done: 0, total: 0 };
		expect(done).toBe(total);
	});

	it.each(["hf", "peft"] as const)(
		"as %s carries the value function in a folder of its own",
		async (format) => {
			const result = await exportJob(specOf(`${format}-value`, { format }), recordingContext());
			const path = join(result.dir, VALUE_HEAD_FILE);
			const { tensors, metadata } = openSafetensors(path);
			expect(metadata).toMatchObject({
				method: "dqo",
				step: String(result.step),
				network: "its own, LoRA on the base",
			});
			expect(metadata.shape).toBe(`[1, ${tensors.get("score.weight")?.shape[1]}]`);
			const checkpoint = RunStore.open(dirname(runDir), basename(runDir)).checkpoints.last();
			const trained = openSafetensors(join(checkpoint?.dir ?? "", "trained.safetensors")).tensors;
			const value = [...trained].filter(([name]) => name.startsWith("value:"));
			expect(tensors.size).toBe(value.length);
			expect(tensors.size).toBeGreaterThan(3);
			for (const [name, tensor] of value) {
				const own = name.slice("value:".length);
				const found = tensors.get(own) ?? tensors.get(`base_model.model.${own}`);
				expect(found?.digest(), name).toBe(tensor.digest());
			}
			expect(result.checks).toContainEqual(expect.stringMatching(/^value_head\/.* read back bit for bit/));
			const without = { ...specOf(`${format}-bare`, { format }), valueHead: false };
			const { files } = await exportJob(without, recordingContext());
			expect(files.some(({ name }) => name.startsWith("value_head"))).toBe(false);
		},
	);

	it("as gguf answers as the run does, by what the file alone says", async () => {
		const spec = specOf("gguf", { format: "gguf", dtype: "F32" });
		const result = exportResultSchema.parse(await exportJob(spec, recordingContext()));
		expect(result).toMatchObject({ verified: true, problem: null });
		expect(result.comparison?.maxLogitDifference).toBeLessThan(1e-5);
		expect(result.comparison?.greedyEqual).toBe(result.comparison?.greedyTokens);
		expect(result.files.map(({ name }) => name)).toEqual(["Modelfile", "model.gguf"]);
		expect(result.notes).toEqual([]);
		const rounded = await exportJob({ ...spec, outDir: join(root, "q8"), dtype: "Q8_0" }, recordingContext());
		expect(rounded.verified).toBe(true);
		expect(rounded.comparison?.maxLogitDifference).toBeGreaterThan(0);
	});

	it.each(["F32", "F16", "INT8"] as const)("as onnx in %s answers as the run does", async (dtype) => {
		const result = await exportJob(specOf(`onnx-${dtype}`, { format: "onnx", dtype }), recordingContext());
		expect(exportResultSchema.parse(result)).toMatchObject({ verified: true, problem: null });
		expect(result.comparison?.greedyTokens).toBeGreaterThan(0);
		if (dtype === "F32") expect(result.comparison?.greedyEqual).toBe(result.comparison?.greedyTokens);
	});

	it.each(["F16", "BF16"] as const)("rounded to %s is verified within what rounding moves", async (dtype) => {
		const { verified, comparison } = await exportJob(specOf(dtype, { dtype }), recordingContext());
		expect(verified).toBe(true);
		expect(comparison?.maxLogitDifference).toBeGreaterThan(0);
		expect(comparison?.maxLogitDifference).toBeLessThan(comparison?.tolerance ?? 0);
	});

	it("in number formats that the format does not have is refused before anything is read", async () => {
		const spec = specOf("refused", { format: "peft", dtype: "F16", runDir: join(root, "nowhere") });
		await expect(exportJob(spec, recordingContext())).rejects.toMatchObject({
			code: "usage",
			message: "A peft export has no weights in F16.",
		});
	});

	it("that answers otherwise, or cannot be compared, is told from one that does", async () => {
		const own = await openRunPolicy(runDir, "last");
		const base = { ...(await loadModelFolder(own.modelDir)), modelDir: own.modelDir };
		const untrained = await comparePolicies(own, base, "F32", 1);
		expect(untrained.problem).toMatch(/^Its logits differ by .* from the run's own, where F32 allows/);
		expect(untrained.comparison?.maxLogitDifference).toBeGreaterThan(untrained.comparison?.tolerance ?? 1);
		const norm = "model.norm.weight";
		const broken = new Map(own.tensors).set(
			norm,
			inMemory(
				[...(own.tensors.get(norm)?.shape ?? [])],
				new Float32Array(own.config.hiddenSize).fill(Number.NaN),
			),
		);
		const { comparison, problem } = await comparePolicies(own, { ...own, tensors: broken }, "BF16", 1);
		expect(problem).not.toBeNull();
		expect(comparison?.greedyEqual).toBe(0);
	});

	it.each([
		[
			"answers otherwise",
			(json: string) => json.replace(/"rms_norm_eps": *[^,}\s]+/, '"rms_norm_eps": 1'),
			"logits",
		],
		["cannot be opened again", () => "{", "could not be compared"],
	])("that %s is kept and says so", async (how, damage, words) => {
		const spec = specOf(how.replaceAll(" ", "-"));
		// Once the bytes are checked, what is wrong can only be in how they are read.
		const emit = (event: EventBody) => {
			if (event.type !== "phase" || event.phase !== "verify") return;
			const written = readdirSync(root).find((name) => name.startsWith(`.${basename(spec.outDir)}.tmp`));
			const path = join(root, written ?? "", "config.json");
			writeFileSync(path, damage(readFileSync(path, "utf8")));
		};
		const result = exportResultSchema.parse(await exportJob(spec, { emit }));
		expect(result.verified).toBe(false);
		expect(result.problem).toContain(words);
		expect(existsSync(join(spec.outDir, "model.safetensors"))).toBe(true);
		expect(result.files.length).toBeGreaterThan(3);
	});
});

describe("a comparison", () => {
	it("counts the tokens until the top one differs, and the largest difference anywhere", () => {
		// Two prompt positions, of which the second chooses the first token, and two tokens more; three words.
		const expected = Float32Array.of(0, 0, 1, 5, 0, 0, 0, 5, 0, 0, 0, 5);
		const answer = [0, 1, 2];
		expect(measure(expected, expected, 2, answer, 1e-4)).toEqual({
			maxLogitDifference: 0,
			tolerance: 5e-4,
			greedyEqual: 3,
			greedyTokens: 3,
		});
		const found = expected.slice();
		found[7] = -1;
		expect(measure(expected, found, 2, answer, 1e-4)).toMatchObject({
			maxLogitDifference: 6,
			greedyEqual: 1,
		});
		found[0] = Number.NaN;
		expect(measure(expected, found, 2, answer, 1).maxLogitDifference).toBe(Number.MAX_VALUE);
	});
});
