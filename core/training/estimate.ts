import type { Provider } from "../contract/provider.ts";
import type { RunConfig } from "../contract/run.ts";
import { MAPPED_BYTES } from "../graph/serialise.ts";
import { losses } from "../losses/index.ts";
import type { DecoderConfig } from "../models/config.ts";
import { type BatchShape, batchShape, type DataShape, parameterCount, StepCost } from "./step-cost.ts";
import { headChunks, type StepMode } from "./step-graph.ts";

export type { DataShape, Lengths } from "./step-cost.ts";

/** What this machine does in a second, and how well that is known. */
export interface Throughput {
	/** Floating-point operations of matrix products. */
	readonly matrixFlops: number;
	/** Bytes that all other ops read and write. */
	readonly movedBytes: number;
	/** Time to start one op of a graph. */
	readonly secondsPerNode: number;
	/** AdamW updates, in numbers. */
	readonly updates: number;
	/** Times found from this are wrong by about this share. */
	readonly error: number;
	/** Where the numbers are from. */
	readonly source: "typical" | "measured";
}

export interface EstimateInput {
	readonly model: DecoderConfig;
	readonly run: RunConfig;
	readonly data: DataShape;
	/** Trajectories of held-out loss, and prompts that are answered at each evaluation. */
	readonly heldOut: { readonly items: number; readonly prompts: number };
	/** Bytes of a number as the model's file stores it; 4 unless given. */
	readonly storedBytes?: number;
	/** What computes. Memory and time are modelled and measured for the CPU; others go by the same formulas. */
	readonly provider: Provider;
	/** Cores of the machine; the run's `threads` of them are used, or all. */
	readonly cores: number;
	/** Measured here before; a typical processor's unless given. */
	readonly throughput?: Throughput;
}

/** Bytes by what they are for. */
export interface MemoryParts {
	/** Of every session that holds them at once, the trained ones, and those of the sampler that answers. */
	readonly weights: number;
	readonly gradients: number;
	readonly moments: number;
	/** Of training and of evaluating: an arena keeps what it once took. */
	readonly activations: number;
	/** Keys and values of answers being drawn. */
	readonly caches: number;
	/** Node, ONNX Runtime and the data. */
	readonly runtime: number;
}

export interface Estimate {
	readonly memory: {
		readonly parts: MemoryParts;
		readonly totalBytes: number;
		/** Whether the formula was held against measured runs for this provider and precision: the CPU in float32. */
		readonly measured: boolean;
	};
	readonly disk: {
		/** One checkpoint, and the most that a run keeps while it writes the next. */
		readonly checkpointBytes: number;
		readonly totalBytes: number;
	};
	readonly steps: { readonly total: number; readonly perEpoch: number; readonly warmup: number };
	readonly evaluations: number;
	readonly seconds: {
		readonly perStep: number;
		readonly perWarmupStep: number;
		readonly reference: number;
		readonly perEvaluation: number;
		readonly total: number;
		/** Share that `total` may be off. */
		readonly error: number;
	};
	readonly trainedNumbers: number;
}

/** Past this many, cores wait for memory in all but matrix products. */
const CORES_PER_MEMORY = 4;

/**
 * What idle cores of a server of 2020 do each: fitted to the eight DQO times of bench/README.md (two model sizes, LoRA and
 * full, prompts shared and not), which it gives back within 5 %. Other processors differ by half and more: calibrate.
 */
export function typicalCpu(threads: number): Throughput {
	return {
		matrixFlops: 1.15e11 * threads,
		movedBytes: 3.75e10 * Math.min(threads, CORES_PER_MEMORY),
		secondsPerNode: 3e-6,
		updates: 1e8,
		error: 0.5,
		source: "typical",
	};
}

const MIB = 2 ** 20;
/** Fitted to measured peaks of the engine process, see `bench/estimate-cases.ts`: all within 13 %. */
const MEMORY = {
	runtime: 220 * MIB,
	/** What a session holds of weights that are not mapped: those that are packed for products, and the others as they are. */
	copies: 1.27,
	/** The sum, those of micro-batches that are added to it and not yet collected, and ONNX Runtime's own. */
	gradients: 2.26,
	/** What an arena takes for all that lives at once: its pieces do not fit without gaps. */
	activations: 1.18,
} as const;
/** Bytes that the sampler plans its caches for at most. */
const CACHE_BUDGET = 2 ** 30;

/** What a run will take, from the sizes of its model and data; nothing is loaded and nothing runs. */
export function estimate(input: EstimateInput): Estimate {
	const { run } = input;
	const costs = costsOf(input);
	const steps = stepsOf(input);
	const evaluations = evaluationsOf(run, steps);
	const memory = memoryOf(input, costs);
	const checkpointBytes = checkpointBytesOf(input, costs);
	const seconds = secondsOf(input, costs, steps, evaluations);
	return {
		memory: {
			parts: memory,
			totalBytes: totalOf(memory),
			measured: input.provider === "cpu" && run.precision === "f32",
		},
		// The newest, the best, and the one being written.
		disk: { checkpointBytes, totalBytes: checkpointBytes * (run.keepCheckpoints + 2) },
		steps,
		evaluations,
		seconds,
		trainedNumbers: costs.train.trainedNumbers,
	};
}

/**
 * The largest `microTokens` whose run stays within a memory limit, a multiple of 64; null when not even one response at a
 * time fits. Results do not depend on it, only time and memory.
 */
export function largestMicroTokens(input: EstimateInput, limitBytes: number): number | null {
	const { promptTokens, responseTokens } = input.data;
	const unit = 64;
	const least = Math.ceil((promptTokens.max + responseTokens.max) / unit);
	// A graph depends on the micro-batch by the chunks of its head alone.
	const built = new Map<number, Costs>();
	const fits = (units: number) => {
		const sized = { ...input, run: { ...input.run, microTokens: units * unit } };
		const chunks = headChunks(input.model.vocabSize, sized.run.microTokens);
		const costs = built.get(chunks) ?? costsOf(sized);
		built.set(chunks, costs);
		return totalOf(memoryOf(sized, costs)) <= limitBytes;
	};
	if (!fits(least)) return null;
	// Beyond a whole step's tokens nothing grows any more.
	const most = Math.max(
		least,
		Math.ceil((2 * input.run.globalBatch * (promptTokens.max + responseTokens.max)) / unit),
	);
	let [low, high] = [least, Math.min(most, 65_536 / unit)];
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if (fits(middle)) low = middle;
		else high = middle - 1;
	}
	return low * unit;
}

/** Throughput that makes the estimate of a step the time that one took here. Give the median of steps after the first. */
export function calibrate(input: EstimateInput, measuredSecondsPerStep: number): Throughput {
	const throughput = throughputOf(input);
	const { perStep } = estimate({ ...input, throughput }).seconds;
	const factor = perStep / measuredSecondsPerStep;
	return {
		matrixFlops: throughput.matrixFlops * factor,
		movedBytes: throughput.movedBytes * factor,
		secondsPerNode: throughput.secondsPerNode / factor,
		updates: throughput.updates * factor,
		error: 0.15,
		source: "measured",
	};
}

function throughputOf({ run, cores, throughput }: EstimateInput): Throughput {
	return throughput ?? typicalCpu(run.threads > 0 ? Math.min(run.threads, cores) : cores);
}

type Costs = Readonly<Record<"train" | "evaluate", StepCost>> & { readonly warmup: StepCost | null };

function costsOf({ model, run }: EstimateInput): Costs {
	const of = (mode: StepMode) => new StepCost(model, run, mode);
	const warms = losses[run.method].needsValue && run.valueWarmupEpochs > 0;
	return { train: of("train"), evaluate: of("evaluate"), warmup: warms ? of("value-warmup") : null };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const totalOf = (parts: MemoryParts): number => sum(Object.values(parts));

function answers({ run, heldOut }: EstimateInput): number {
	return run.task === null ? 0 : Math.min(heldOut.prompts, run.evalLimit ?? heldOut.prompts);
}

function memoryOf(input: EstimateInput, { train, evaluate, warmup }: Costs): MemoryParts {
	const { model, run, data, provider } = input;
	const shape = batchShape(run, model.vocabSize, data, "max");
	const graphs = [train, ...(warmup ? [warmup] : []), evaluate].map((cost) => cost.of(shape));
	const trained = 4 * train.trainedNumbers;
	const answered = answers(input);
	const whole = (run.precision === "f32" ? 4 : 2) * parameterCount(model);
	const graphWeights = graphs.map(({ weightBytes }) => weightBytes);
	// One session of the sampler reads prompts, another draws tokens.
	const sessions = [...graphWeights, ...(answered > 0 ? [whole, whole] : [])];
	const mapped = sessions.filter((bytes) => bytes > MAPPED_BYTES);
	// What is mapped is held once by all sessions on the CPU; another device has a copy for each.
	const shared = provider === "cpu" ? Math.max(0, ...mapped) : sum(mapped);
	const own = sum(sessions.filter((bytes) => bytes <= MAPPED_BYTES)) * MEMORY.copies;
	const tokenBytes = model.layers * 2 * model.kvHeads * model.headDim * 4;
	const perAnswer =
		(data.promptTokens.max * 2 + run.maxResponseTokens * 2.5) * tokenBytes + 12 * model.vocabSize;
	return {
		weights: shared + own + trained,
		gradients: MEMORY.gradients * trained,
		moments: 2 * trained,
		activations: MEMORY.activations * sum(graphs.map(({ peakBytes }) => peakBytes)),
		caches: Math.min(CACHE_BUDGET, answered * perAnswer),
		runtime: MEMORY.runtime,
	};
}

/** Trained tensors with both moments, and the policy again in a form that others read. */
function checkpointBytesOf({ model, run, storedBytes = 4 }: EstimateInput, { train }: Costs): number {
	const adapter = 4 * (train.trainedNumbers - train.trainedValueNumbers);
	const readable = run.adapter.type === "lora" ? adapter : storedBytes * parameterCount(model);
	return 3 * 4 * train.trainedNumbers + readable;
}

/** Steps alone, which need no model. */
export function stepsOf({ run, data }: Pick<EstimateInput, "run" | "data">): Estimate["steps"] {
	const perEpoch = Math.ceil(data.items / run.globalBatch);
	const warmup = Math.round((losses[run.method].needsValue ? run.valueWarmupEpochs : 0) * perEpoch);
	const planned = warmup + Math.max(1, Math.round(run.epochs * perEpoch));
	return { total: Math.min(planned, run.maxSteps ?? planned), perEpoch, warmup };
}

/** The one before the first step, one after each interval, and one at the end. */
function evaluationsOf(run: RunConfig, { total, perEpoch, warmup }: Estimate["steps"]): number {
	const every = run.evalEverySteps;
	if (every > 0) return 1 + Math.ceil(total / every);
	return 1 + Math.max(1, Math.ceil((total - warmup) / perEpoch) + (warmup > 0 ? 1 : 0));
}

function secondsOf(
	input: EstimateInput,
	{ train, evaluate, warmup }: Costs,
	steps: Estimate["steps"],
	evaluations: number,
): Estimate["seconds"] {
	const { model, run, data, heldOut } = input;
	const throughput = throughputOf(input);
	const shape = batchShape(run, model.vocabSize, data, "mean");
	const pairs = losses[run.method].rows === "pairs";
	/** Micro-batches of so many items; the last one need not be full. */
	const batches = (items: number) => items / (shape.P * (pairs ? 1 : shape.K));
	const run1 = (cost: StepCost) => graphSeconds(cost, shape, throughput);
	const update = (numbers: number) => numbers / throughput.updates;
	const perStep = batches(run.globalBatch) * run1(train) + update(train.trainedNumbers);
	const perWarmupStep = warmup
		? batches(run.globalBatch) * run1(warmup) + update(warmup.trainedValueNumbers)
		: 0;
	// The evaluate graph computes V too, where there is one; the reference does not.
	const policyShare = losses[run.method].needsValue && run.valueFunction === "separate" ? 0.5 : 1;
	const perItem = run1(evaluate) / (shape.P * (pairs ? 1 : shape.K));
	const reference = losses[run.method].needsReference
		? (data.items + heldOut.items) * perItem * policyShare
		: 0;
	const perEvaluation = heldOut.items * perItem + answerSeconds(input, throughput);
	const trained = Math.max(0, steps.total - steps.warmup);
	return {
		...{ perStep, perWarmupStep, reference, perEvaluation, error: throughput.error },
		total:
			reference +
			Math.min(steps.warmup, steps.total) * perWarmupStep +
			trained * perStep +
			evaluations * perEvaluation,
	};
}

function graphSeconds(cost: StepCost, shape: BatchShape, throughput: Throughput): number {
	const { matrixFlops, movedBytes, nodes } = cost.of(shape);
	return (
		matrixFlops / throughput.matrixFlops +
		movedBytes / throughput.movedBytes +
		nodes * throughput.secondsPerNode
	);
}

/** Greedy answers, as long as the data's own. */
function answerSeconds(input: EstimateInput, throughput: Throughput): number {
	const { model, data } = input;
	const [promptTokens, newTokens] = [data.promptTokens.mean, data.responseTokens.mean];
	const size = { numbers: parameterCount(model), layers: model.layers };
	return drawSeconds({ ...size, rows: answers(input), promptTokens, newTokens }, throughput);
}

export interface Drawing {
	/** Numbers of the model's weights. */
	readonly numbers: number;
	readonly layers: number;
	/** Responses. */
	readonly rows: number;
	/** Mean lengths. */
	readonly promptTokens: number;
	readonly newTokens: number;
}

/** Rows that the sampler decodes together at most. */
const ROWS_AT_ONCE = 512;

/** Seconds to draw responses: every weight is read for each token of a batch, and multiplied for each row. */
export function drawSeconds(drawing: Drawing, throughput: Throughput): number {
	const { numbers, layers, rows, promptTokens, newTokens } = drawing;
	const batches = Math.ceil(rows / ROWS_AT_ONCE);
	const nodes = 40 * layers;
	const perToken =
		(2 * numbers * rows) / throughput.matrixFlops +
		batches * ((4 * numbers) / throughput.movedBytes + nodes * throughput.secondsPerNode);
	const prompts = (2 * numbers * rows * promptTokens) / throughput.matrixFlops;
	return prompts + newTokens * perToken;
}
