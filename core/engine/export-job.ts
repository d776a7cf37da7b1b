import { AppError } from "../contract/errors.ts";
import type { ExportDtype } from "../contract/exports.ts";
import type { JobContext } from "../contract/job.ts";
import type { ExportResult, ExportSpec } from "../contract/jobs.ts";
import type { Reopened } from "../export/format.ts";
import { FORMATS } from "../export/formats.ts";
import { openRunPolicy } from "../export/run-policy.ts";
import { checkSpace } from "../export/sizes.ts";
import { readValueHead, valueHeadBytes } from "../export/value-head.ts";
import { type Compared, comparePolicies } from "./export-comparison.ts";

/**
 * Exports one checkpoint of a run, reopens what was written and holds it against the run's own policy. Files that do not
 * read back as written are an error; a whole export that answers otherwise is kept, and the result says why it is unverified.
 */
export async function exportJob(spec: ExportSpec, { emit }: Pick<JobContext, "emit">): Promise<ExportResult> {
	const format = FORMATS[spec.format];
	if (spec.dtype !== null && !format.dtypes.includes(spec.dtype)) throw dtypeRefused(spec);
	emit({ type: "phase", phase: "load" });
	const policy = await openRunPolicy(spec.runDir, spec.checkpoint);
	const refusal = await format.refusal(policy);
	if (refusal !== null) {
		const hint = "Choose another format of export.";
		throw new AppError({
			code: "usage",
			message: `${spec.runDir} cannot be written as ${spec.format}: ${refusal}`,
			hint,
		});
	}
	const wanted = format.carriesValueHead && spec.valueHead !== false;
	const valueHead = wanted ? readValueHead(spec.runDir, policy.step) : null;
	checkSpace(spec.outDir, format.estimatedBytes(policy, spec.dtype) + valueHeadBytes(valueHead));
	let compared: Compared = { comparison: null, problem: "It was not compared.", checks: [] };
	const verify = async (dtype: ExportDtype, reopen: () => Promise<Reopened>): Promise<string[]> => {
		emit({ type: "phase", phase: "verify" });
		compared = await comparing(async () => comparePolicies(policy, await reopen(), dtype, spec.threads));
		return compared.checks;
	};
	emit({ type: "phase", phase: "export" });
	const { outDir, dtype } = spec;
	const report = await format.write({ policy, outDir, dtype, valueHead, onProgress: progress(emit), verify });
	const { comparison, problem } = compared;
	return {
		reason: "completed",
		step: policy.step,
		notes: [],
		...report,
		verified: problem === null,
		comparison,
		problem,
	};
}

function dtypeRefused({ format, dtype }: ExportSpec): AppError {
	const { dtypes } = FORMATS[format];
	return new AppError({
		code: "usage",
		message: `A ${format} export has no weights in ${dtype}.`,
		hint:
			dtypes.length === 0
				? "Leave --dtype out."
				: `Choose ${dtypes.join(", ")}, or none to keep each tensor's own.`,
	});
}

function progress(emit: JobContext["emit"]): (done: number, total: number) => void {
	const began = performance.now();
	return (done, total) => {
		const seconds = (performance.now() - began) / 1000;
		const secondsLeft = done === 0 ? null : (seconds * (total - done)) / done;
		emit({ type: "progress", phase: "export", done, total, secondsLeft });
	};
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
