import type { z } from "zod";
import { AppError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import {
	type Adapter,
	METHODS,
	type Method,
	RUN_SCHEMA_VERSION,
	type RunConfig,
	runConfigSchema,
} from "./run.ts";
import { PROMPT_TEMPLATES } from "./task.ts";

/** A run configuration as a user writes it: two paths are needed, everything else has a default. */
export type RunConfigInput = Partial<Omit<RunConfig, "adapter" | "split">> & {
	adapter?: { type: "full" } | { type: "lora"; rank?: number; alpha?: number };
	split?: Partial<RunConfig["split"]>;
};

export interface FieldProblem {
	/** Dotted path of the field, such as `split.validation`. */
	field: string;
	reason: string;
}

type MethodDefaults = Pick<
	RunConfig,
	"beta" | "lr" | "valueLr" | "epochs" | "globalBatch" | "valueWarmupEpochs"
>;

const IMITATION: Record<Adapter["type"], MethodDefaults> = {
	full: { beta: 0.03, lr: 1e-5, valueLr: 0, epochs: 3, globalBatch: 64, valueWarmupEpochs: 0 },
	lora: { beta: 0.03, lr: 1e-4, valueLr: 0, epochs: 3, globalBatch: 64, valueWarmupEpochs: 0 },
};
const PREFERENCE: Record<Adapter["type"], MethodDefaults> = {
	full: { beta: 0.1, lr: 5e-7, valueLr: 0, epochs: 1, globalBatch: 64, valueWarmupEpochs: 0 },
	lora: { beta: 0.1, lr: 5e-6, valueLr: 0, epochs: 1, globalBatch: 64, valueWarmupEpochs: 0 },
};
const VALUED: Record<Adapter["type"], MethodDefaults> = {
	full: { beta: 0.03, lr: 5e-7, valueLr: 1e-5, epochs: 2, globalBatch: 256, valueWarmupEpochs: 1 },
	lora: { beta: 0.03, lr: 5e-6, valueLr: 1e-4, epochs: 2, globalBatch: 256, valueWarmupEpochs: 1 },
};

/**
 * Defaults that depend on the method and on what is trained: the paper's settings (section 4.2, appendix B), with about
 * ten times the learning rate for LoRA. It trained at most 5 epochs and found the best checkpoint at the end of epoch 2.
 */
const METHOD_DEFAULTS: Record<Method, Record<Adapter["type"], MethodDefaults>> = {
	sft: IMITATION,
	rs: IMITATION,
	dpo: PREFERENCE,
	kto: PREFERENCE,
	dro: VALUED,
	dqo: VALUED,
};

const COMMON_DEFAULTS: Omit<
	RunConfig,
	"modelDir" | "dataPath" | "adapter" | "method" | keyof MethodDefaults
> = {
	schemaVersion: RUN_SCHEMA_VERSION,
	columns: {},
	invalidRows: "refuse",
	validationPath: null,
	validationColumns: {},
	task: "gsm8k",
	template: PROMPT_TEMPLATES.plain,
	split: { validation: 0.1, test: 0 },
	seed: 0,
	lambda: 1,
	importanceWeight: "both",
	processRewardScale: 1,
	labelSmoothing: 0,
	desirableWeight: 1,
	undesirableWeight: 1,
	valueFunction: "separate",
	schedule: "constant",
	warmupSteps: 10,
	weightDecay: 0,
	betas: [0.9, 0.999],
	eps: 1e-8,
	clipNorm: 1,
	valueClipNorm: 1,
	maxSteps: null,
	microTokens: 4096,
	sharePrompts: true,
	recompute: false,
	precision: "f32",
	maxPromptTokens: 1024,
	maxResponseTokens: 512,
	evalEverySteps: 0,
	evalLimit: 200,
	checkpointEverySteps: 0,
	keepCheckpoints: 2,
	threads: 0,
	provider: "auto",
};

/**
 * Fills in every default and checks every field.
 * @throws AppError `config-invalid` naming every invalid field at once, with `details.problems: FieldProblem[]`.
 */
export function resolveRunConfig(input: RunConfigInput | Record<string, unknown>): RunConfig {
	const given = dropUndefined(input);
	const method = METHODS.find((known) => known === given.method) ?? "dqo";
	const adapter = resolveAdapter(given.adapter);
	const defaults = METHOD_DEFAULTS[method][adapterType(adapter)];
	const split = isRecord(given.split) ? { ...COMMON_DEFAULTS.split, ...given.split } : given.split;
	const merged: Record<string, unknown> = {
		...COMMON_DEFAULTS,
		...defaults,
		method,
		...given,
		adapter,
		...(split === undefined ? {} : { split }),
	};
	const parsed = runConfigSchema.safeParse(merged);
	const problems = [
		...(parsed.success ? [] : schemaProblems(parsed.error, merged)),
		...crossFieldProblems(merged),
	];
	if (parsed.success && problems.length === 0) return parsed.data;
	const list = problems.map((p) => `${p.field}: ${p.reason}`).join("; ");
	throw new AppError({
		code: "config-invalid",
		message: `The run configuration has ${problems.length} invalid field${problems.length === 1 ? "" : "s"}: ${list}.`,
		hint: "Correct the fields named; leave a field out to get its default.",
		details: { problems },
	});
}

function schemaProblems(error: z.ZodError, merged: Record<string, unknown>): FieldProblem[] {
	const known = Object.keys(runConfigSchema.shape);
	return error.issues.flatMap((issue): FieldProblem[] => {
		const at = issue.path.join(".");
		if (issue.code === "unrecognized_keys") {
			return issue.keys.map((key) => {
				const close = at === "" ? nearest(key, known) : undefined;
				const field = at === "" ? key : `${at}.${key}`;
				return { field, reason: close ? `no such field; did you mean ${close}?` : "no such field" };
			});
		}
		const missing = issue.path.length === 1 && merged[String(issue.path[0])] === undefined;
		return [{ field: at || "(whole)", reason: missing ? "must be given" : lowerFirst(issue.message) }];
	});
}

/** Rules over several fields; they are checked even when other fields are wrong, so that one look shows all. */
function crossFieldProblems(merged: Record<string, unknown>): FieldProblem[] {
	const problems: FieldProblem[] = [];
	const { split } = merged;
	if (isRecord(split) && typeof split.validation === "number" && typeof split.test === "number") {
		if (split.validation + split.test >= 1) {
			problems.push({ field: "split", reason: "validation and test together must stay below 1" });
		}
	}
	if (merged.method === "kto" && merged.globalBatch === 1) {
		const reason =
			"KTO needs at least 2 responses a step: it estimates its baseline z0 from prompts paired with each other's responses";
		problems.push({ field: "globalBatch", reason });
	}
	return problems;
}

function resolveAdapter(given: unknown): unknown {
	if (given === undefined) return { type: "lora", rank: 16, alpha: 32 };
	if (!isRecord(given) || given.type !== "lora") return given;
	const adapter = dropUndefined(given);
	const rank = adapter.rank ?? 16;
	// Keeping alpha / rank at 2 keeps the effective learning rate when only the rank is changed.
	return { ...adapter, rank, alpha: adapter.alpha ?? (typeof rank === "number" && rank > 0 ? 2 * rank : 32) };
}

function adapterType(adapter: unknown): Adapter["type"] {
	return isRecord(adapter) && adapter.type === "full" ? "full" : "lora";
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function dropUndefined(value: object): Record<string, unknown> {
	return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

function lowerFirst(text: string): string {
	return text.charAt(0).toLowerCase() + text.slice(1);
}
