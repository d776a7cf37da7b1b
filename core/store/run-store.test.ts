import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunConfig } from "../contract/run.ts";
import { RunStore } from "./run-store.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const config: RunConfig = {
	schemaVersion: 1,
	method: "dqo",
	modelDir: "model",
	dataPath: "data.jsonl",
	columns: {},
	invalidRows: "refuse",
	validationPath: null,
	validationColumns: {},
	task: null,
	template: "{problem}",
	split: { validation: 0.1, test: 0 },
	seed: 1,
	beta: 0.03,
	lambda: 1,
	importanceWeight: "both",
	processRewardScale: 1,
	labelSmoothing: 0,
	desirableWeight: 1,
	undesirableWeight: 1,
	valueFunction: "separate",
	adapter: { type: "lora", rank: 16, alpha: 32 },
	lr: 1e-4,
	valueLr: 1e-3,
	schedule: "constant",
	warmupSteps: 0,
	weightDecay: 0,
	betas: [0.9, 0.95],
	eps: 1e-8,
	clipNorm: 1,
	valueClipNorm: 1,
	valueWarmupEpochs: 1,
	epochs: 1,
	maxSteps: null,
	globalBatch: 8,
	microTokens: 1024,
	sharePrompts: true,
	recompute: false,
	maxPromptTokens: 256,
	maxResponseTokens: 256,
	evalEverySteps: 0,
	evalLimit: null,
	checkpointEverySteps: 0,
	keepCheckpoints: 2,
	threads: 0,
	precision: "f32",
	provider: "cpu",
};

test("a run is made once, listed, opened, and its configuration reads back", () => {
	const root = join(temporaryFolder(), "runs");
	expect(RunStore.list(root)).toEqual([]);
	mkdirSync(join(root, "first-run"), { recursive: true });
	writeFileSync(join(root, "first-run", "responses.jsonl"), "{}");
	const run = RunStore.create(root, "first-run", config);
	expect(run.readConfig()).toEqual(config);
	expect(run.logPath("metrics")).toBe(join(root, "first-run", "metrics.jsonl"));
	mkdirSync(join(root, "not-a-run"));
	expect(RunStore.list(root)).toEqual(["first-run"]);
	expect(RunStore.open(root, "first-run").checkpoints.list()).toEqual([]);
	expect(() => RunStore.create(root, "first-run", config)).toThrow(
		expect.objectContaining({ code: "run-exists" }),
	);
	expect(() => RunStore.open(root, "second")).toThrow(
		expect.objectContaining({ code: "run-missing", hint: "Runs here: first-run." }),
	);
});

test.each(["", ".", "..", "../up", "a/b", "a\\b", "-x", "a.", "a ", " a", "x".repeat(101)])(
	"the name %j, which could mean another folder, is refused",
	(id) => {
		const root = temporaryFolder();
		expect(() => RunStore.create(root, id, config)).toThrow(expect.objectContaining({ code: "usage" }));
		expect(existsSync(join(root, "..", "up"))).toBe(false);
	},
);

test.each(["rüns", "初回", "first run 2"])("the name %j in anybody's language is taken", (id) => {
	const root = temporaryFolder();
	expect(RunStore.create(root, id, config).readConfig()).toEqual(config);
	expect(RunStore.list(root)).toEqual([id]);
});

test("a run.json that was changed by hand is refused with the field's name", () => {
	const root = temporaryFolder();
	const run = RunStore.create(root, "a", config);
	const path = join(run.dir, "run.json");
	writeFileSync(path, readFileSync(path, "utf8").replace('"beta": 0.03', '"beta": -1'));
	expect(() => run.readConfig()).toThrow(/beta: /);
});
