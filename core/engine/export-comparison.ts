import type { ExportDtype } from "../contract/exports.ts";
import type { ExportComparison } from "../contract/jobs.ts";
import { GREEDY_SAMPLING } from "../contract/sampling.ts";
import type { Reopened } from "../export/format.ts";
import type { Policy } from "../export/run-policy.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";
import { readLogits } from "./logits.ts";

/** What the finished export and the run's own policy both answer. Any text encodes, so any text will do. */
const PROMPT = "Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?";
const GREEDY_TOKENS = 32;

/** How far logits may move, as a share of the largest: what rounding every weight to the format does to them at most. */
const TOLERANCE: Record<ExportDtype, number> = { F32: 1e-4, F16: 1e-2, BF16: 5e-2, Q8_0: 5e-2, INT8: 1e-1 };

export interface Compared {
	comparison: ExportComparison | null;
	/** Why the export is not verified; null when it is. */
	problem: string | null;
	/** What was found, a sentence each. */
	checks: string[];
}

/**
 * Holds a reopened export against the run's own policy, each through its own tokenizer files: the run answers a prompt
 * greedily, and both read prompt and answer. `dtype` is the roughest format that weights were written in.
 */
export async function comparePolicies(
	own: Policy,
	exported: Reopened,
	dtype: ExportDtype,
	threads: number,
): Promise<Compared> {
	const { prompt, eosIds } = await promptOf(own.modelDir, own.config.maxPosition);
	const theirs = await promptOf(exported.modelDir, own.config.maxPosition);
	if (prompt.join() !== theirs.prompt.join() || eosIds.join() !== theirs.eosIds.join())
		return unlike("The reopened tokenizer encodes the check's prompt otherwise than the run's own.");
	const answer = await greedy(own, prompt, eosIds, threads);
	const read = [...prompt, ...answer.slice(0, -1)];
	const expected = await policyLogits(own, read, threads);
	const found =
		"logits" in exported ? await exported.logits(read, threads) : await policyLogits(exported, read, threads);
	const comparison = measure(expected, found, prompt.length, answer, TOLERANCE[dtype]);
	const { maxLogitDifference, tolerance, greedyEqual, greedyTokens } = comparison;
	const [difference, allowed] = [maxLogitDifference, tolerance].map((value) => Number(value.toPrecision(2)));
	// A rounded weight may rightly tip a near tie, so there the tokens are told, not judged.
	const sameAnswer = greedyEqual === greedyTokens || dtype !== "F32";
	if (maxLogitDifference <= tolerance && sameAnswer)
		return {
			comparison,
			problem: null,
			checks: [
				`Logits over ${read.length} tokens within ${difference} of the run's own; ${dtype} allows ${allowed}.`,
				greedyEqual === greedyTokens
					? `Greedy answer: ${greedyTokens} tokens equal to the run's own.`
					: `Greedy answer: the first ${greedyEqual} of ${greedyTokens} tokens as the run's own; ${dtype} rounding tips a near tie.`,
			],
		};
	return {
		...unlike(
			maxLogitDifference <= tolerance
				? `Its greedy answer leaves the run's own after ${greedyEqual} of ${greedyTokens} tokens.`
				: `Its logits differ by ${difference} from the run's own, where ${dtype} allows ${allowed}.`,
		),
		comparison,
	};
}

function unlike(problem: string): Compared {
	return { comparison: null, problem, checks: [] };
}

async function promptOf(
	modelDir: string,
	maxPosition: number,
): Promise<{ prompt: number[]; eosIds: number[] }> {
	const tokenizer = await loadTokenizer(modelDir);
	const prompt = tokenizer.renderPrompt(PROMPT).slice(0, maxPosition >> 1);
	return { prompt, eosIds: [...tokenizer.eosIds] };
}

/** The greedy answer of a policy to a prompt, 32 tokens at most. */
export async function greedy(
	policy: Policy,
	prompt: readonly number[],
	eosIds: readonly number[],
	threads: number,
): Promise<readonly number[]> {
	const maxNewTokens = Math.min(GREEDY_TOKENS, policy.config.maxPosition - prompt.length);
	const [answers] = await withSampler(policy, threads, (sampler) =>
		sampler.generateAll([prompt], { ...GREEDY_SAMPLING, maxNewTokens, eosIds }),
	);
	const answer = answers?.[0];
	if (answer === undefined) throw new Error("greedy generation gave no answer");
	return answer.tokens;
}

/** Logits of the token after each one read, one row after the other. */
export async function policyLogits(
	policy: Policy,
	read: readonly number[],
	threads: number,
): Promise<Float32Array> {
	return (await readLogits(policy, read, { threads })).value;
}

/** Compares logits of all positions, and with them the greedy answer: it goes on alike while the top token is the same. */
export function measure(
	expected: Float32Array,
	found: Float32Array,
	promptLength: number,
	answer: readonly number[],
	share: number,
): ExportComparison {
	if (expected.length !== found.length) throw new Error("the two policies have logits of different sizes");
	const vocabSize = expected.length / (promptLength + answer.length - 1);
	let largest = 1;
	let difference = 0;
	for (const [i, value] of expected.entries()) {
		const moved = Math.abs(value - (found[i] as number));
		// NaN is no number that a report can hold: it is as far off as can be.
		difference = Math.max(difference, Number.isFinite(moved) ? moved : Number.MAX_VALUE);
		largest = Math.max(largest, Math.abs(value));
	}
	let greedyEqual = 0;
	for (const [i, token] of answer.entries()) {
		const row = (promptLength - 1 + i) * vocabSize;
		if (top(found.subarray(row, row + vocabSize)) !== token) break;
		greedyEqual++;
	}
	return {
		maxLogitDifference: difference,
		tolerance: share * largest,
		greedyEqual,
		greedyTokens: answer.length,
	};
}

function top(logits: Float32Array): number {
	let best = 0;
	for (const [i, value] of logits.entries()) if (value > (logits[best] as number)) best = i;
	return best;
}
