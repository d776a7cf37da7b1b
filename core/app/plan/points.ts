import type { Draft } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import type { FieldProblem } from "../../contract/resolve.ts";
import type { RunConfig } from "../../contract/run.ts";
import type { SweepConfig } from "../../contract/sweep.ts";
import { expand } from "../../sweeps/expand.ts";
import type { AppContext } from "../context.ts";
import { configOf, type Lookups, type OpenDraft, openDraft } from "./draft.ts";
import { sweepConfigOf } from "./start.ts";

/** What a draft comes to before its data are looked at. */
export interface Points {
	readonly open: OpenDraft | null;
	readonly problems: FieldProblem[];
	/** A configuration for each run; the first is what the form shows. */
	readonly configs: readonly RunConfig[];
	readonly sweep: SweepConfig | null;
	/** Combinations that come to the same run as another. */
	readonly merged: number;
}

/** Fields that the form has other words for. */
const FORM_FIELDS: Readonly<Record<string, keyof Draft>> = {
	modelDir: "modelId",
	dataPath: "dataId",
	columns: "dataId",
	validationPath: "validationDataId",
	validationColumns: "validationDataId",
};

/** Resolves a draft; whatever is wrong with it is a problem of a field, never an error. */
export function pointsOf(draft: Draft, context: AppContext, lookups: Lookups): Points {
	const none = { configs: [], sweep: null, merged: 0 };
	const problems = lookupProblems(draft, lookups);
	if (problems.length > 0) return { ...none, open: null, problems };
	const open = openDraft(draft, context, lookups);
	try {
		if (!open.isSweep) return { ...none, open, problems, configs: [configOf(open)] };
		const sweep = sweepConfigOf(open, context);
		const configs = expand(sweep).map(({ config }) => config);
		const sizes = Object.values(draft.space).map((axis) =>
			"values" in axis ? axis.values.length : (axis.count ?? 0),
		);
		const all = sweep.trials ?? sizes.reduce((product, size) => product * size, 1);
		return { open, problems, configs, sweep, merged: Math.max(0, all - configs.length) };
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		return { ...none, open, problems: problemsOf(error, "fields") };
	}
}

/** Problems of an AppError, field by field where it names them. */
export function problemsOf(error: AppError, field: string): FieldProblem[] {
	const { problems } = (error.details ?? {}) as { problems?: FieldProblem[] };
	if (problems === undefined) return [{ field, reason: `${error.message} ${error.hint}` }];
	return problems.map(({ field: name, reason }) => ({ field: FORM_FIELDS[name] ?? name, reason }));
}

function lookupProblems(draft: Draft, { data, models }: Lookups): FieldProblem[] {
	const problems: FieldProblem[] = [];
	const look = (field: keyof Draft, find: () => string | null) => {
		try {
			const reason = find();
			if (reason !== null) problems.push({ field, reason });
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			problems.push(...problemsOf(error, field));
		}
	};
	const ofData = (id: string) => {
		const { state, failure, name } = data.entry(id);
		if (state === "needs-mapping") return `${name}: say what its columns stand for.`;
		if (state !== "failed") return null;
		return failure?.kind === "expected"
			? `${failure.error.message} ${failure.error.hint}`
			: `${name} cannot be read.`;
	};
	look("modelId", () => {
		const { refusal } = models.resolve(draft.modelId);
		return refusal === null ? null : `${refusal.message} ${refusal.hint}`;
	});
	look("dataId", () => ofData(draft.dataId));
	const { validationDataId } = draft;
	if (validationDataId !== null) look("validationDataId", () => ofData(validationDataId));
	return problems;
}
