import { AppError } from "../contract/errors.ts";
import type { ExportResult, ExportSpec } from "../contract/jobs.ts";
import { GREEDY_SAMPLING } from "../contract/sampling.ts";
import { exportHf } from "../export/hf.ts";
import { mergedTensors } from "../export/merge.ts";
import { exportPeft } from "../export/peft.ts";
import type { ExportReport } from "../export/report.ts";
import { openRunPolicy, type Policy, type RunPolicy } from "../export/run-policy.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { readPeftAdapter } from "../models/hf/peft.ts";
import type { Generated } from "../sampling/types.ts";
import { withSampler } from "../sampling/with-sampler.ts";
import { loadTokenizer } from "../tokenizers/tokenizer.ts";

/** What the finished export and the run's own policy both answer. Any text encodes, so any text will do. */
const CHECK_PROMPT = "Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?";
const CHECK_TOKENS = 24;

/** Exports one checkpoint of a run, reopens what was written and lets it speak against the run's own policy. */
export async function exportJob(spec: ExportSpec): Promise<ExportResult> {
	const policy = await openRunPolicy(spec.runDir, spec.checkpoint);
	const report = spec.format === "hf" ? await toHf(spec, policy) : await toPeft(spec, policy);
	return { reason: "completed", step: policy.step, ...report };
}

function toHf(spec: ExportSpec, policy: RunPolicy): Promise<ExportReport> {
	const { config, tensors, modelDir } = policy;
	return exportHf({
		config,
		tensors,
		sourceDir: modelDir,
		outDir: spec.outDir,
		...(spec.dtype === null ? {} : { dtype: spec.dtype }),
		verify: async (dir) => {
			const { config, tensors } = await loadModelFolder(dir);
			return compare(policy, { config, tensors, modelDir: dir }, spec);
		},
	});
}

function toPeft(spec: ExportSpec, policy: RunPolicy): Promise<ExportReport> {
	const { config, modelDir, adapter } = policy;
	if (adapter === null) {
		throw new AppError({
			code: "usage",
			message: `The run in ${spec.runDir} trained every weight, so there is no adapter to export.`,
			hint: "Use --format hf.",
		});
	}
	return exportPeft({
		config,
		adapter,
		baseModel: modelDir,
		outDir: spec.outDir,
		verify: async (dir) => {
			const base = await loadModelFolder(modelDir);
			const tensors = mergedTensors(base.tensors, readPeftAdapter(dir, config));
			return compare(policy, { config, tensors, modelDir }, spec);
		},
	});
}

/** Greedy answers of both policies: the same tokens with the same log-probs, each through its own tokenizer files. */
async function compare(own: Policy, exported: Policy, spec: ExportSpec): Promise<string[]> {
	const expected = await greedy(own, spec.threads);
	const found = await greedy(exported, spec.threads);
	const difference = Math.max(
		...expected.logProbs.map((logProb, i) => Math.abs(logProb - (found.logProbs[i] ?? Number.NaN))),
	);
	if (spec.dtype === "F16" || spec.dtype === "BF16") {
		// Rounded weights may rightly answer otherwise at a near tie, so here the difference is told, not judged.
		const same = expected.tokens.findIndex((token, i) => token !== found.tokens[i]);
		const agree = same === -1 ? expected.tokens.length : same;
		return [
			`Greedy answer: ${agree} of ${expected.tokens.length} tokens as the run's own, weights rounded to ${spec.dtype}.`,
		];
	}
	if (expected.tokens.join() === found.tokens.join() && difference < 1e-3) {
		return [
			`Greedy answer: ${expected.tokens.length} tokens equal to the run's own, log-probs within ${difference.toExponential(1)}.`,
		];
	}
	throw new AppError({
		code: "file-corrupt",
		message: `The reopened export does not answer as the run's own policy does (log-probs differ by ${difference}).`,
		hint: "Nothing was left at the export's path. Export again; if it repeats, report it as a bug.",
	});
}

async function greedy({ config, tensors, modelDir }: Policy, threads: number): Promise<Generated> {
	const tokenizer = await loadTokenizer(modelDir);
	const prompt = tokenizer.renderPrompt(CHECK_PROMPT);
	const [answers] = await withSampler({ config, tensors }, threads, (sampler) =>
		sampler.generateAll([prompt], {
			...GREEDY_SAMPLING,
			maxNewTokens: Math.min(CHECK_TOKENS, config.maxPosition - prompt.length),
			eosIds: tokenizer.eosIds,
		}),
	);
	const answer = answers?.[0];
	if (answer === undefined) throw new Error("greedy generation gave no answer");
	return answer;
}
