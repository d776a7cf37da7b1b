import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { EventBody } from "../contract/events.ts";
import type { RunConfigInput } from "../contract/resolve.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { RunStore } from "../store/run-store.ts";
import { jobConfig, logLines, ofType, type Ran, train, type Workplace, workplace } from "./testing/job.ts";

const LAST = "step-000009";
const atStep = (steps: number) => (events: readonly EventBody[]) => ofType(events, "step").length >= steps;

let place: Workplace;
let whole: Ran;
beforeAll(async () => {
	place = workplace();
	whole = await train(place, "whole", jobConfig(place));
});

const runDir = (name: string) => join(place.root, "runs", name);
const resume = (name: string, input: RunConfigInput = {}) =>
	train(place, name, jobConfig(place, input), { resume: true });

/** Bytes of a checkpoint's files. */
const checkpointFile = (dir: string, file: string, step = LAST) =>
	readFileSync(join(dir, "checkpoints", step, file));

/** Metrics without what depends on the clock and the machine. */
const metricsOf = (dir: string) =>
	logLines(dir, "metrics").map(
		({ elapsedMs: _, responseTokensPerSecond: __, memoryBytes: ___, ...rest }) => rest,
	);

/** Asserts that a run ended exactly as the one that was never interrupted. */
function expectSame(dir: string): void {
	for (const file of ["trained.safetensors", "optimizer.safetensors", "adapter_model.safetensors"]) {
		expect(checkpointFile(dir, file).equals(checkpointFile(whole.runDir, file)), file).toBe(true);
	}
	const state = (of: string) => JSON.parse(checkpointFile(of, "state.json").toString()).state;
	expect(state(dir)).toEqual(state(whole.runDir));
	expect(metricsOf(dir)).toEqual(metricsOf(whole.runDir));
	expect(logLines(dir, "samples")).toEqual(logLines(whole.runDir, "samples"));
	const best = (of: string) => RunStore.open(join(of, ".."), basename(of)).checkpoints.best();
	expect(best(dir)?.step).toBe(best(whole.runDir)?.step);
}

describe("a run that was stopped and resumed", () => {
	it.each([3, 5])("ends as if it had never been stopped, stopped after %d steps", async (steps) => {
		const name = `stopped-${steps}`;
		const stopped = await train(place, name, jobConfig(place), { stop: atStep(steps) });
		expect(stopped.result).toMatchObject({ reason: "stopped", steps });
		expect(stopped.result.lastCheckpoint).toBe(`checkpoints/step-00000${steps}`);
		const resumed = await resume(name);
		expect(ofType(resumed.events, "resumed").map((e) => e.step)).toEqual([steps]);
		expect(resumed.result).toMatchObject({ reason: "completed", steps: 9 });
		expect(ofType(resumed.events, "step").map((e) => e.metrics.step)).toEqual(
			Array.from({ length: 9 - steps }, (_, i) => steps + i + 1),
		);
		expectSame(runDir(name));
	});

	it.each<[string, RunConfigInput]>([
		["all weights, a cosine", { adapter: { type: "full" }, schedule: "cosine", warmupSteps: 2 }],
		["a shared value function", { valueFunction: "shared", lambda: 0.9 }],
		["SFT", { method: "sft", weightDecay: 0.1 }],
		["KTO", { method: "kto", beta: 1 }],
		["DPO", { method: "dpo", globalBatch: 2 }],
		["DRO", { method: "dro" }],
	])("continues in the middle of a step of %s as if nothing had been", async (name, variant) => {
		const config = jobConfig(place, { ...variant, task: null, maxSteps: 6, keepCheckpoints: 1 });
		const straight = await train(place, `${name} straight`.replaceAll(/\W+/g, "-"), config);
		let runs = 0;
		// Not before the fifth step's first micro-batch, but after it: its gradients are dropped.
		const stop = (events: readonly EventBody[]) => atStep(4)(events) && ++runs > 1;
		const broken = await train(place, `${name} broken`.replaceAll(/\W+/g, "-"), config, { stop });
		expect(broken.result).toMatchObject({ reason: "stopped", steps: 4 });
		const resumed = await train(place, basename(broken.runDir), config, { resume: true });
		expect(resumed.result.steps).toBe(6);
		for (const file of ["trained.safetensors", "optimizer.safetensors", "state.json"]) {
			const bytes = (dir: string) => checkpointFile(dir, file, "step-000006");
			expect(bytes(broken.runDir).equals(bytes(straight.runDir)), file).toBe(true);
		}
		expect(metricsOf(broken.runDir)).toEqual(metricsOf(straight.runDir));
	});

	it("makes up for the evaluation it was stopped in", async () => {
		const stopped = await train(place, "in-evaluation", jobConfig(place), { stop: atStep(9) });
		expect(stopped.result).toMatchObject({ reason: "stopped", steps: 9 });
		expect(ofType(stopped.events, "eval").map((e) => e.step)).toEqual([0, 3, 6]);
		const resumed = await resume("in-evaluation");
		expect(ofType(resumed.events, "eval").map((e) => e.step)).toEqual([9]);
		expectSame(runDir("in-evaluation"));
	});

	it("can be stopped before its first step", async () => {
		const stop = (events: readonly EventBody[]) => ofType(events, "eval").length > 0;
		const stopped = await train(place, "at-once", jobConfig(place), { stop });
		expect(stopped.result).toMatchObject({ reason: "stopped", steps: 0, lastCheckpoint: null });
		await resume("at-once");
		expectSame(runDir("at-once"));
	});

	it("can be stopped while it computes the reference, and tells then where it stands", async () => {
		const config = jobConfig(place, { template: "Count. {problem}" });
		const stop = (events: readonly EventBody[]) => events.some((e) => e.type === "phase");
		const first = await train(place, "reference", config, { stop });
		expect(first.result).toMatchObject({ reason: "stopped", steps: 0, lastCheckpoint: null });
		const second = await train(place, "reference", config, { resume: true, stop: atStep(2) });
		expect(second.result).toMatchObject({ reason: "stopped", steps: 2 });
	});
});

describe("warnings over a stop", () => {
	// Only wrong responses count, so correct ones, which share tokens with them, lose probability from the second step on.
	const config = () =>
		jobConfig(place, { task: null, method: "kto", desirableWeight: 1e-6, lr: 1e-2, epochs: 6 });
	const warnings = ({ events }: Ran) => ofType(events, "warning").map(({ message }) => message);

	it("come as they do in a run that was never stopped, and once", async () => {
		const straight = await train(place, "warned", config());
		expect(warnings(straight)).toHaveLength(1);
		expect(warnings(straight)[0]).toMatch(/for 10 steps \(log-ratio -\d.* at step 11\)/);
		for (const steps of [6, 14]) {
			const name = `warned-${steps}`;
			const stopped = await train(place, name, config(), { stop: atStep(steps) });
			const resumed = await train(place, name, config(), { resume: true });
			expect([...warnings(stopped), ...warnings(resumed)], name).toEqual(warnings(straight));
			const state = (dir: string) => checkpointFile(dir, "state.json", "step-000018").toString();
			expect(state(resumed.runDir)).toBe(state(straight.runDir));
		}
	});

	it("do not keep a checkpoint from being read that was written before they were counted", async () => {
		const stopped = await train(place, "older", jobConfig(place), { stop: atStep(5) });
		const path = join(stopped.runDir, "checkpoints", "step-000005", "state.json");
		const file = JSON.parse(readFileSync(path, "utf8"));
		const { schemaVersion, negativeSteps, lossWatch, lossScale, halved, ...first } = file.state;
		expect([schemaVersion, negativeSteps, lossWatch.high, lossScale, halved]).toEqual([
			4,
			expect.any(Number),
			0,
			null,
			null,
		]);
		expect(lossWatch.lowest).toBeGreaterThan(0);
		writeFileSync(path, JSON.stringify({ ...file, state: first }));
		expect((await resume("older")).result).toMatchObject({ reason: "completed", steps: 9 });
		const trained = (dir: string) => checkpointFile(dir, "trained.safetensors");
		expect(trained(stopped.runDir).equals(trained(whole.runDir))).toBe(true);
	});
});

describe("a run that ended hard", () => {
	/** A copy of a stopped run with later lines in its logs, as a run has that died between two checkpoints. */
	async function died(name: string): Promise<string> {
		await train(place, name, jobConfig(place), { stop: atStep(4) });
		const dir = runDir(name);
		for (const log of ["metrics", "samples"] as const) {
			const later = logLines(whole.runDir, log).filter((line) => Number(line.step) > 4);
			for (const line of later) appendFileSync(join(dir, `${log}.jsonl`), `${JSON.stringify(line)}\n`);
		}
		appendFileSync(join(dir, "metrics.jsonl"), '{"step":7,"epo');
		return dir;
	}

	it("goes on from its last checkpoint and keeps no line twice", async () => {
		const dir = await died("died");
		const resumed = await resume("died");
		expect(ofType(resumed.events, "resumed")).toEqual([{ type: "resumed", step: 4 }]);
		expect(logLines(dir, "metrics").map((line) => line.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expectSame(dir);
	});

	it("needs nothing but its configuration and the checkpoint", async () => {
		const dir = await died("source");
		const copy = runDir("copied");
		for (const part of ["run.json", "checkpoints"])
			cpSync(join(dir, part), join(copy, part), { recursive: true });
		await resume("copied");
		const file = "trained.safetensors";
		expect(checkpointFile(copy, file).equals(checkpointFile(whole.runDir, file))).toBe(true);
		expect(metricsOf(copy)).toEqual(metricsOf(whole.runDir).slice(4));
	});

	it("goes on from the checkpoint before when a write was cut off", async () => {
		await train(place, "cut", jobConfig(place, { maxSteps: 6 }));
		const dir = runDir("cut");
		// A crash before `state.json` leaves a folder that is no checkpoint.
		cpSync(join(dir, "checkpoints", "step-000006"), join(dir, "checkpoints", "step-000008"), {
			recursive: true,
		});
		rmSync(join(dir, "checkpoints", "step-000008", "state.json"));
		const resumed = await resume("cut");
		expect(ofType(resumed.events, "resumed")).toEqual([{ type: "resumed", step: 6 }]);
		expectSame(dir);
	});
});

describe("resuming with something else", () => {
	beforeAll(async () => {
		await train(place, "other", jobConfig(place), { stop: atStep(4) });
	});

	it.each<[string, RunConfigInput]>([
		["learning rate", { lr: 2e-3 }],
		["loss", { beta: 0.2 }],
		["seed", { seed: 1 }],
		["length of the run", { epochs: 3 }],
		["prompt template", { template: "Please: {problem}" }],
		["adapter", { adapter: { type: "lora", rank: 2 } }],
	])("refuses another %s", async (_, input) => {
		await expect(resume("other", input)).rejects.toMatchObject({ code: "resume-mismatch" });
	});

	it("refuses other data and another model", async () => {
		const text = readFileSync(place.dataPath, "utf8");
		const other = join(place.root, "other.jsonl");
		writeFileSync(other, text.replaceAll("finds 2", "finds 3"));
		await expect(resume("other", { dataPath: other })).rejects.toMatchObject({ code: "resume-mismatch" });
		const model = join(place.root, "other-model");
		cpSync(place.modelDir, model, { recursive: true });
		const weights = readFileSync(join(model, "model.safetensors"));
		weights[weights.length - 2] = (weights.at(-2) ?? 0) ^ 1;
		writeFileSync(join(model, "model.safetensors"), weights);
		await expect(resume("other", { modelDir: model })).rejects.toMatchObject({ code: "resume-mismatch" });
	});

	it("accepts what only changes speed, length or what is kept", async () => {
		const moved = join(place.root, "moved.jsonl");
		cpSync(place.dataPath, moved);
		const free = { dataPath: moved, microTokens: 10_000, keepCheckpoints: 5, maxSteps: 5, recompute: true };
		const resumed = await resume("other", free);
		expect(resumed.result).toMatchObject({ reason: "completed", steps: 5 });
	});

	it("refuses where no run is", async () => {
		await expect(resume("nowhere")).rejects.toMatchObject({ code: "run-missing" });
	});

	it("does not use a checkpoint that was damaged", async () => {
		await train(place, "damaged", jobConfig(place), { stop: atStep(2) });
		const path = join(runDir("damaged"), "checkpoints", "step-000002", "optimizer.safetensors");
		expect(openSafetensors(path).tensors.size).toBeGreaterThan(0);
		const bytes = readFileSync(path);
		bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
		writeFileSync(path, bytes);
		await expect(resume("damaged")).rejects.toMatchObject({ code: "file-corrupt" });
	});
});
