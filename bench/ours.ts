/**
 * Our side of one measurement, in a process of its own: `ours.ts <spec as JSON>`. Sets up, warms up, says ready; then
 * each line of its input is a number of steps to time, and the end of the input asks for the peak of memory.
 */
import { execFile } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { resolveRunConfig } from "../core/contract/resolve.ts";
import { PAPER_SAMPLING } from "../core/contract/sampling.ts";
import { graphCost } from "../core/graph/cost.ts";
import { Graph } from "../core/graph/graph.ts";
import { firstElement, matmul } from "../core/graph/ops/index.ts";
import { setNative } from "../core/runtime/backends.ts";
import { setDevice } from "../core/runtime/device.ts";
import { GraphSession } from "../core/runtime/session.ts";
import { Sampler } from "../core/sampling/sampler.ts";
import { adamW, newAdamWState, type Parameters } from "../core/training/adamw.ts";
import { initialParameters } from "../core/training/parameters.ts";
import { residentBytes } from "../core/training/resident.ts";
import { Trainer } from "../core/training/trainer.ts";
import type { Trajectory } from "../core/training/trajectories.ts";

import { copying, exporting } from "./export.ts";
import { largeModelOf, plainFeeds, plainGraph, randomIds } from "./model.ts";
import type { Spec, Who } from "./spec.ts";

/** Edge of the square product that stands for the machine's peak. */
const GEMM_SIZE = 1536;

/** One step, and the multiply-adds (times 2) of its matrix products where they are counted. */
interface Stepper {
	readonly step: () => Promise<void>;
	readonly flops: number | null;
	/** Bytes that it writes, where that is what is measured. */
	readonly bytes?: number;
}

const ADAMW = {
	betas: [0.9, 0.999],
	eps: 1e-8,
	weightDecay: 0.01,
	lr: 1e-4,
	scale: 1,
	decays: () => true,
} as const;

async function plainTraining(spec: Spec): Promise<Stepper> {
	const { graph, trained, model } = plainGraph(spec);
	const parameters = initialParameters(trained, model.tensors, { seed: 0 });
	const optimizer = newAdamWState(parameters);
	const session = await GraphSession.create(graph, { threads: spec.threads });
	const flops = graphCost(graph, { B: spec.batch, T: spec.seq }).matrixFlops;
	const step = async () => {
		const results = await session.run(plainFeeds(spec, trained, parameters));
		const gradients: Parameters = new Map();
		for (const name of trained.keys()) gradients.set(name, results[`grad ${name}`]?.data as Float32Array);
		adamW(parameters, gradients, optimizer, ADAMW);
	};
	return { step, flops };
}

/** The product's own trainer on made-up trajectories; one optimiser step sees them all. */
async function dqoTraining(spec: Spec): Promise<Stepper> {
	const trajectories: Trajectory[] = [];
	for (let group = 0; group < spec.groups; group++) {
		const prompt = randomIds(spec.promptLen, spec.vocab);
		for (let k = 0; k < spec.samplesPerPrompt; k++) {
			const rewards = new Float32Array(spec.responseLen);
			rewards[spec.responseLen - 1] = k % 2;
			trajectories.push({
				row: trajectories.length,
				promptKey: `${group}`,
				prompt,
				response: randomIds(spec.responseLen, spec.vocab),
				rewards,
				correct: k % 2 === 1,
				behaviour: null,
			});
		}
	}
	const config = resolveRunConfig({
		method: "dqo",
		modelDir: "bench",
		dataPath: "bench",
		adapter:
			spec.mode === "train-dqo-lora"
				? { type: "lora", rank: spec.loraRank, alpha: 2 * spec.loraRank }
				: { type: "full" },
		globalBatch: trajectories.length,
		microTokens: trajectories.length * (spec.promptLen + spec.responseLen),
		sharePrompts: spec.sharedPrompt,
		valueWarmupEpochs: 0,
		epochs: 1_000_000,
		threads: spec.threads,
	});
	const logProbs = new Float32Array(spec.responseLen).fill(-Math.log(spec.vocab));
	const trainer = await Trainer.create({
		source: await largeModelOf(spec),
		config,
		trajectories,
		reference: () => logProbs,
		session: { threads: spec.threads },
	});
	return { step: async () => void (await trainer.step()), flops: null };
}

async function generation(spec: Spec): Promise<Stepper> {
	const repeat = spec.sharedPrompt ? spec.samplesPerPrompt : 1;
	const prompts = Array.from({ length: spec.batch / repeat }, () => randomIds(spec.promptLen, spec.vocab));
	const sampler = await Sampler.create({ ...(await largeModelOf(spec)), session: { threads: spec.threads } });
	const settings = { n: repeat, topK: spec.topK, threshold: 0, topP: 1, maxNewTokens: spec.newTokens };
	const options = { ...PAPER_SAMPLING, ...settings, greedy: spec.sampling === "greedy", eosIds: [] };
	const step = async () => {
		const responses = await sampler.generateAll(prompts, options);
		const tokens = responses.flat().reduce((n, response) => n + response.tokens.length, 0);
		if (tokens !== spec.batch * spec.newTokens) throw new Error(`${tokens} tokens were drawn`);
	};
	return { step, flops: null };
}

async function peak(spec: Spec): Promise<Stepper> {
	const graph = new Graph();
	const [a, b] = (["a", "b"] as const).map((name) => graph.input(name, "f32", [GEMM_SIZE, GEMM_SIZE]));
	// Only one element leaves the session, so that copying the product out is not measured.
	if (a && b) graph.output("first", firstElement(matmul(a, b)));
	const session = await GraphSession.create(graph, { threads: spec.threads });
	const matrix = { shape: [GEMM_SIZE, GEMM_SIZE], data: new Float32Array(GEMM_SIZE ** 2).fill(0.5) };
	return { step: async () => void (await session.run({ a: matrix, b: matrix })), flops: 2 * GEMM_SIZE ** 3 };
}

function stepperOf(who: Who, spec: Spec): Promise<Stepper> {
	if (who === "gemm") return peak(spec);
	if (spec.mode === "export") return who === "copy" ? copying(spec) : exporting(spec);
	if (spec.mode === "generate") return generation(spec);
	return spec.mode.startsWith("train-dqo") ? dqoTraining(spec) : plainTraining(spec);
}

/** Where sessions map one file the resident set counts it for each: there it is what the process has now, mapped pages once. */
const peakBytes = (spec: Spec) => (spec.tied ? residentBytes() : process.resourceUsage().maxRSS * 1024);

/** Memory of this process on the GPU as the driver tells; 0 where it does not, as in some containers. */
async function gpuBytes(): Promise<number> {
	const query = ["--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"];
	const { stdout } = await promisify(execFile)("nvidia-smi", query, { encoding: "utf8" });
	const own = stdout.split("\n").find((line) => Number(line.split(",")[0]) === process.pid);
	return Number(own?.split(",")[1] ?? 0) * 2 ** 20;
}

async function main(): Promise<void> {
	const { who, spec } = JSON.parse(process.argv[2] as string) as { who: Who; spec: Spec };
	const say = (answer: object) => console.log(JSON.stringify(answer));
	setDevice({ provider: spec.device ?? "cpu" });
	if (who === "native") setNative(spec.device ?? "cpu", true);
	const baseline = process.memoryUsage.rss();
	const { step, flops, bytes } = await stepperOf(who, spec);
	for (let i = 0; i < (spec.tied ? 1 : 2); i++) await step();
	say({ ready: true, flops, bytes });
	for await (const line of createInterface({ input: process.stdin })) {
		const ms: number[] = [];
		const before = process.cpuUsage();
		for (let i = 0; i < Number(line); i++) {
			const start = performance.now();
			await step();
			ms.push(performance.now() - start);
		}
		const { user, system } = process.cpuUsage(before);
		say({ ms, cpuMs: (user + system) / 1000 / ms.length });
	}
	const peak = peakBytes(spec) - baseline;
	say({ peakBytes: spec.device === "cuda" ? await gpuBytes() : peak });
}

await main();
