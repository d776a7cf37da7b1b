import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { ExportResult, ExportSpec } from "../contract/jobs.ts";
import { exportHf } from "../export/hf.ts";
import { mergedTensors } from "../export/merge.ts";
import { exportPeft } from "../export/peft.ts";
import type { ExportReport } from "../export/report.ts";
import { openRunPolicy, type Policy, type RunPolicy } from "../export/run-policy.ts";
import type { FloatDtype } from "../models/hf/dtypes.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { readPeftAdapter } from "../models/hf/peft.ts";
import { type Compared, comparePolicies } from "./export-comparison.ts";

/**
 * Exports one checkpoint of a run, reopens what was written and holds it against the run's own policy. Files that do not
 * read back as written are an error; a whole export that answers otherwise is kept, and the result says why it is unverified.
 */
export async function exportJob(spec: ExportSpec, { emit }: Pick<JobContext, "emit">): Promise<ExportResult> {
	emit({ type: "phase", phase: "load" });
	const policy = await openRunPolicy(spec.runDir, spec.checkpoint);
	let compared: Compared = { comparison: null, problem: "It was not compared.", checks: [] };
	const verify = async (dtype: FloatDtype, reopen: () => Promise<Policy>): Promise<string[]> => {
		emit({ type: "phase", phase: "verify" });
		compared = await comparing(async () => comparePolicies(policy, await reopen(), dtype, spec.threads));
		return compared.checks;
	};
	emit({ type: "phase", phase: "export" });
	const report =
		spec.format === "hf"
			? await toHf(spec, policy, verify, progress(emit))
			: await toPeft(spec, policy, verify);
	const { comparison, problem } = compared;
	return {
		reason: "completed",
		step: policy.step,
		...report,
		verified: problem === null,
		comparison,
		problem,
	};
}

type Verify = (dtype: FloatDtype, reopen: () => Promise<Policy>) => Promise<string[]>;

function progress(emit: JobContext["emit"]): (done: number, total: number) => void {
	const began = performance.now();
	return (done, total) => {
		const seconds = (performance.now() - began) / 1000;
		const secondsLeft = done === 0 ? null : (seconds * (total - done)) / done;
		emit({ type: "progress", phase: "export", done, total, secondsLeft });
	};
}

function toHf(
	spec: ExportSpec,
	policy: RunPolicy,
	verify: Verify,
	onProgress: (done: number, total: number) => void,
): Promise<ExportReport> {
	const { config, tensors, modelDir } = policy;
	return exportHf({
		config,
		tensors,
		sourceDir: modelDir,
		outDir: spec.outDir,
		onProgress,
		...(spec.dtype === null ? {} : { dtype: spec.dtype }),
		verify: (dir) =>
			verify(spec.dtype ?? roughest(policy), async () => {
				const { config, tensors } = await loadModelFolder(dir);
				return { config, tensors, modelDir: dir };
			}),
	});
}

function toPeft(spec: ExportSpec, policy: RunPolicy, verify: Verify): Promise<ExportReport> {
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
		verify: (dir) =>
			verify("F32", async () => {
				const base = await loadModelFolder(modelDir);
				return { config, tensors: mergedTensors(base.tensors, readPeftAdapter(dir, config)), modelDir };
			}),
	});
}

/** The roughest format that a tensor keeps; merging an adapter into such a weight rounds it again. */
function roughest({ tensors }: Policy): FloatDtype {
	const formats = new Set([...tensors.values()].map(({ dtype }) => dtype));
	return formats.has("BF16") ? "BF16" : formats.has("F16") ? "F16" : "F32";
}

/** The files are whole by now: what keeps them from being compared, such as too little memory, leaves them unverified. */
async function comparing(compare: () => Promise<Compared>): Promise<Compared> {
	try {
		return await compare();
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		return {
			comparison: null,
			problem: `It could not be compared: ${error.message} ${error.hint}`,
			checks: [],
		};
	}
}
