import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { ParityCheck, ParityResult, ParitySpec } from "../contract/parity.ts";
import { GREEDY_SAMPLING, PAPER_SAMPLING } from "../contract/sampling.ts";
import { loadModelFolder, type ModelWeights } from "../models/hf/load.ts";
import { readPlacement } from "../runtime/placement.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { Sampler } from "../sampling/sampler.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import type { Trajectory } from "../training/trajectories.ts";
import { readLogits } from "./logits.ts";
import { compareArrays, compareTensors, verdictOf } from "./parity-measure.ts";
import { type StepNumbers, trainingStep } from "./parity-step.ts";

const PROMPTS = [
	"Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?",
	"A box holds 12 pens. How many pens do 3 boxes hold?",
];
const NEW_TOKENS = 24;
/** Past this many parameters a step over every weight of policy and value function takes too much memory for a check. */
const FULL_PARAMETERS = 60e6;

interface Side {
	readonly session: SessionOptions;
	readonly profileDir: string;
}

/**
 * Computes a DQO step, logits and greedy answers of a real model on a provider and on the CPU, and says how far they are
 * apart: the body of a `parity` job. What a provider cannot compute is a finding, not a failure of the job.
 */
export async function parityJob(spec: ParitySpec, context: JobContext): Promise<ParityResult> {
	const started = performance.now();
	const { provider, deviceId, threads } = spec;
	const model = await loadModelFolder(spec.modelDir);
	const tokenizer = await loadTokenizer(spec.modelDir);
	const prompts = PROMPTS.map((text) => tokenizer.renderPrompt(text).slice(0, model.config.maxPosition >> 1));
	const eosIds = [...tokenizer.eosIds];
	const cpu = { device: { provider: "cpu" } } as const;
	// The CPU has nobody to be held against but itself, as differently as it can compute.
	const reference: SessionOptions =
		provider === "cpu" ? { ...cpu, threads: 1, optimization: "disabled" } : { ...cpu, threads };
	const own: SessionOptions = {
		threads,
		device: deviceId === undefined ? { provider } : { provider, deviceId },
	};
	const trajectories = await trajectoriesOf(model, prompts, eosIds, { ...cpu, threads });

	const compare = async <T>(
		what: ParityCheck["what"],
		compute: (session: SessionOptions) => Promise<{ value: T; ms: number }>,
		judge: (expected: T, found: T) => Pick<ParityCheck, "differences" | "tokens">,
	): Promise<ParityCheck> => {
		await context.yieldToEventLoop();
		const side = async (session: SessionOptions): Promise<Side> => {
			const profileDir = await mkdtemp(join(spec.scratchDir, "profile-"));
			return { profileDir, session: { ...session, profileDir } };
		};
		const expected = await compute((await side(reference)).session);
		const { session, profileDir } = await side(own);
		const nothing = { differences: [], tokens: null, ms: null, placement: [] };
		try {
			const { value, ms } = await compute(session);
			const placement = await readPlacement(profileDir);
			const judged = judge(expected.value, value);
			return { what, ...judged, referenceMs: expected.ms, ms, placement, error: null };
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			return { what, ...nothing, referenceMs: expected.ms, error: error.message };
		}
	};

	const steps = (adapter: "lora" | "full") => (session: SessionOptions) =>
		trainingStep(model, adapter, trajectories, session, { ...cpu, threads });
	const checks = [await compare("training, LoRA", steps("lora"), stepDifferences)];
	const size = [...model.tensors.values()].reduce(
		(sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
		0,
	);
	if (size <= FULL_PARAMETERS)
		checks.push(await compare("training, every weight", steps("full"), stepDifferences));
	const read = trajectories[0] as Trajectory;
	checks.push(
		await compare(
			"reading",
			(session) => readLogits(model, [...read.prompt, ...read.response], session, 3),
			(expected, found) => ({ differences: [compareArrays("logits", expected, found)], tokens: null }),
		),
		await compare(
			"greedy answers",
			(session) => greedy(model, prompts, eosIds, session),
			(expected, found) => ({ differences: [], tokens: equalTokens(expected, found) }),
		),
	);
	return {
		reason: "completed",
		provider,
		reference: provider === "cpu" ? "the CPU, unoptimised on one thread" : "the CPU",
		verdict: verdictOf(checks),
		checks,
		wallSeconds: (performance.now() - started) / 1000,
	};
}

/** Sampled responses as DQO learns from them, every other one correct. */
async function trajectoriesOf(
	model: ModelWeights,
	prompts: readonly number[][],
	eosIds: readonly number[],
	session: SessionOptions,
): Promise<Trajectory[]> {
	const sampler = await Sampler.create({ ...model, session });
	try {
		const drawn = await sampler.generateAll(prompts, {
			...PAPER_SAMPLING,
			n: 2,
			maxNewTokens: NEW_TOKENS,
			eosIds,
		});
		return drawn.flat().map(({ tokens, promptIndex }, row): Trajectory => {
			const correct = row % 2 === 0;
			const rewards = new Float32Array(tokens.length);
			rewards[tokens.length - 1] = correct ? 1 : 0;
			const prompt = prompts[promptIndex] as number[];
			return {
				row,
				promptKey: `${promptIndex}`,
				prompt,
				response: [...tokens],
				rewards,
				correct,
				behaviour: null,
			};
		});
	} finally {
		await sampler.release();
	}
}

async function greedy(
	model: ModelWeights,
	prompts: readonly number[][],
	eosIds: readonly number[],
	session: SessionOptions,
): Promise<{ value: number[][]; ms: number }> {
	const sampler = await Sampler.create({ ...model, session });
	try {
		let ms = Number.POSITIVE_INFINITY;
		let value: number[][] = [];
		for (let i = 0; i < 2; i++) {
			const start = performance.now();
			const answers = await sampler.generateAll(prompts, {
				...GREEDY_SAMPLING,
				maxNewTokens: NEW_TOKENS,
				eosIds,
			});
			ms = Math.min(ms, performance.now() - start);
			value = answers.map(([answer]) => [...(answer?.tokens ?? [])]);
		}
		return { value, ms };
	} finally {
		await sampler.release();
	}
}

function stepDifferences(
	expected: StepNumbers,
	found: StepNumbers,
): Pick<ParityCheck, "differences" | "tokens"> {
	return {
		differences: [
			compareArrays("policy loss", [expected.policyLoss], [found.policyLoss]),
			compareArrays("value loss", [expected.valueLoss], [found.valueLoss]),
			compareArrays("log-probs", expected.logProbs, found.logProbs),
			compareArrays("values", expected.values, found.values),
			compareTensors("gradients", expected.gradients, found.gradients),
		],
		tokens: null,
	};
}

/** Tokens up to the first that differs, added up over the answers; one answer may end sooner than the other. */
function equalTokens(
	expected: readonly number[][],
	found: readonly number[][],
): { equal: number; all: number } {
	let [equal, all] = [0, 0];
	for (const [i, tokens] of expected.entries()) {
		const other = found[i] ?? [];
		all += Math.max(tokens.length, other.length);
		const first = tokens.findIndex((token, at) => token !== other[at]);
		equal += first === -1 ? tokens.length : first;
	}
	return { equal, all };
}
