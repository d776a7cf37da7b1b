import type { Draft, PresetEntry, RunDetail } from "../../../core/contract/api-runs.ts";
import { AppError } from "../../../core/contract/errors.ts";
import { type FieldProblem, resolveRunConfig } from "../../../core/contract/resolve.ts";
import type { Method, RunConfig } from "../../../core/contract/run.ts";
import type { SweepAxis } from "../../../core/contract/sweep.ts";
import { fieldAt, kindOf, readsField, SWEPT_FIELDS } from "./fields.ts";
import { axisText, readSweep, type SweepReading, valueText } from "./sweep-text.ts";

/** What the Train screen holds; it outlives the screen and a reload. */
export interface TrainForm {
	name: string;
	method: Method;
	modelId: string | null;
	dataId: string | null;
	/** Null takes a share of the training data's prompts. */
	validationDataId: string | null;
	/** Whether the held-out problems were chosen by hand; until then the screen may choose better ones. */
	heldOutChosen: boolean;
	/** What was typed into sweep fields, by path; what is not there has its default. */
	texts: Readonly<Record<string, string>>;
	/** Fields that stand among the swept ones besides the usual three. */
	added: readonly string[];
	/** Fields that were changed, by dotted path; undefined while what was typed is no value. */
	values: Readonly<Record<string, unknown>>;
	search: {
		method: Draft["search"]["method"];
		trials: number;
		minSteps: number | null;
		reduction: number;
		seed: number;
	};
}

export const EMPTY_FORM: TrainForm = {
	name: "",
	method: "dqo",
	modelId: null,
	dataId: null,
	validationDataId: null,
	heldOutChosen: false,
	texts: {},
	added: [],
	values: {},
	search: { method: "grid", trials: 20, minSteps: null, reduction: 3, seed: 0 },
};

/** A grid of more runs than this asks before it starts. */
export const MANY_RUNS = 100;

/** Paths of the sweep fields on show. */
export function sweptPaths({ method, added }: Pick<TrainForm, "method" | "added">): string[] {
	const usual = SWEPT_FIELDS.filter((field) => readsField(method, field)).map(({ path }) => path);
	return [...usual, ...added.filter((path) => fieldReads(method, path))];
}

function fieldReads(method: Method, path: string): boolean {
	const field = fieldAt(path);
	return field !== undefined && readsField(method, field);
}

/** What each sweep field on show says. */
export function readings(form: TrainForm): Record<string, SweepReading> {
	const random = form.search.method === "random";
	return Object.fromEntries(
		sweptPaths(form).map((path) => {
			const field = fieldAt(path);
			return [path, field ? readSweep(form.texts[path] ?? "", kindOf(field), random) : { type: "empty" }];
		}),
	);
}

/** The fields of a run as they are nested in its configuration, of dotted paths. */
export function nested(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	for (const [path, value] of Object.entries(values)) {
		if (value === undefined) continue;
		const [head = "", key] = path.split(".");
		if (key === undefined) result[head] = value;
		else if (head === "betas")
			result[head] = ((result[head] as number[] | undefined) ?? [0.9, 0.999]).with(
				Number(key),
				value as number,
			);
		else result[head] = { ...((result[head] as object | undefined) ?? {}), [key]: value };
	}
	return result;
}

/** Changed fields that the method reads; a rank or alpha only with LoRA. */
function usedValues(
	{ method, values, texts }: TrainForm,
	found: Record<string, SweepReading>,
): Record<string, unknown> {
	const single = Object.entries(found).flatMap(([path, reading]) =>
		reading.type === "value" ? [[path, reading.value] as const] : [],
	);
	const all = { ...values, ...Object.fromEntries(single) };
	const full = values["adapter.type"] === "full";
	const lora =
		Object.keys(all).some((path) => path.startsWith("adapter.")) ||
		Object.keys(texts).some((path) => path.startsWith("adapter."));
	const used = Object.entries(all).filter(([path]) =>
		path.startsWith("adapter.")
			? path === "adapter.type" || !full
			: fieldAt(path) === undefined || fieldReads(method, path),
	);
	return { ...(lora && !full ? { "adapter.type": "lora" } : {}), ...Object.fromEntries(used) };
}

/** Value of a field of a configuration by its dotted path. */
export function valueAt(config: RunConfig, path: string): unknown {
	return path
		.split(".")
		.reduce<unknown>(
			(at, key) => (at === null || typeof at !== "object" ? undefined : (at as Record<string, unknown>)[key]),
			config,
		);
}

/** The configuration that the method has when nothing else is changed. */
export function defaultConfig({ method, values }: Pick<TrainForm, "method" | "values">): RunConfig {
	const adapter =
		values["adapter.type"] === "full" ? { adapter: { type: "full" } } : rankOf(values["adapter.rank"]);
	return resolveRunConfig({ method, ...adapter, modelDir: "model", dataPath: "data" });
}

/** The default of alpha follows the rank. */
function rankOf(rank: unknown): Record<string, unknown> {
	return Number.isInteger(rank) && Number(rank) >= 1 && Number(rank) <= 1024
		? { adapter: { type: "lora", rank, alpha: 2 * Number(rank) } }
		: {};
}

const PLACEHOLDER = { modelDir: "model", dataPath: "data" };

/** What is wrong with the form, found without asking: one reason for each field, by its path. */
export function formProblems(form: TrainForm): Record<string, string> {
	const problems: Record<string, string> = {};
	const add = (field: string, reason: string) => {
		problems[field] ??= sentence(reason);
	};
	if (form.modelId === null) add("modelId", "Choose the model to start from.");
	if (form.dataId === null) add("dataId", "Choose the data to train on.");
	const found = readings(form);
	for (const [path, reading] of Object.entries(found))
		if (reading.type === "error") add(path, reading.message);
	for (const [path, value] of Object.entries(form.values)) {
		if (value === undefined && (fieldReads(form.method, path) || fieldAt(path) === undefined))
			add(path, "A number is needed.");
	}
	const values = usedValues(form, found);
	for (const problem of resolveProblems({ method: form.method, ...nested(values), ...PLACEHOLDER }))
		add(problem.field, problem.reason);
	// Each value of a sweep is held against the field's own bounds, the others at their defaults.
	for (const [path, reading] of Object.entries(found)) {
		if (reading.type !== "axis") continue;
		const ends = reading.values ?? ("min" in reading.axis ? [reading.axis.min, reading.axis.max] : []);
		for (const value of ends) {
			const adapter = path.startsWith("adapter.") ? { "adapter.type": "lora" } : {};
			const wrong = resolveProblems({
				method: form.method,
				...nested({ ...adapter, [path]: value }),
				...PLACEHOLDER,
			});
			for (const { reason } of wrong) add(path, `${valueText(value)}: ${reason}`);
		}
	}
	if (isSweep(found) && form.search.method === "random" && !(form.search.trials >= 1))
		add("search.trials", "At least 1 run is needed.");
	return problems;
}

function resolveProblems(input: Record<string, unknown>): readonly FieldProblem[] {
	try {
		resolveRunConfig(input);
		return [];
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		return (error.details as { problems?: FieldProblem[] } | undefined)?.problems ?? [];
	}
}

/** A reason as the interface writes it. */
export function sentence(reason: string): string {
	const text = reason
		.replace(/^too small: expected number to be >=?\s*(\S+)$/i, "at least $1")
		.replace(/^too big: expected number to be <=?\s*(\S+)$/i, "at most $1");
	const upper = text.charAt(0).toUpperCase() + text.slice(1);
	return /[.?]$/.test(upper) ? upper : `${upper}.`;
}

export function isSweep(found: Record<string, SweepReading>): boolean {
	return Object.values(found).some(({ type }) => type === "axis");
}

/** Runs of the grid, or of random search; 1 without a sweep. */
export function runCount(form: TrainForm, found = readings(form)): number {
	if (!isSweep(found)) return 1;
	if (form.search.method === "random") return form.search.trials;
	return Object.values(found).reduce(
		(runs, reading) => runs * (reading.type === "axis" ? (reading.values?.length ?? 1) : 1),
		1,
	);
}

/** "5 β × 3 learning rates × 2 λ". */
export function productText(found: Record<string, SweepReading>): string {
	return Object.entries(found)
		.flatMap(([path, reading]) => {
			if (reading.type !== "axis") return [];
			const field = fieldAt(path);
			const name = field?.short ?? field?.label.toLowerCase() ?? path;
			return [
				reading.values === null
					? `${name} from a range`
					: `${reading.values.length} ${reading.values.length === 1 ? name.replace(/s$/, "") : name}`,
			];
		})
		.join(" × ");
}

/** The draft that the form makes, or null while a picker is empty or a field is wrong. `minSteps` is used where the form names none. */
export function toDraft(form: TrainForm, minSteps: number | null): Draft | null {
	if (form.modelId === null || form.dataId === null || Object.keys(formProblems(form)).length > 0)
		return null;
	const found = readings(form);
	const space: Record<string, SweepAxis> = {};
	for (const [path, reading] of Object.entries(found))
		if (reading.type === "axis") space[path] = reading.axis;
	const { method, trials, reduction, seed } = form.search;
	const sweep = Object.keys(space).length > 0;
	const steps = form.search.minSteps ?? minSteps;
	// Until the number of steps is known, the plan is that of a grid.
	const searched = method === "asha" && steps === null ? "grid" : method;
	return {
		name: form.name.trim() === "" ? null : form.name.trim(),
		modelId: form.modelId,
		dataId: form.dataId,
		validationDataId: form.validationDataId,
		fields: { method: form.method, ...nested(usedValues(form, found)) },
		space,
		search: {
			method: sweep ? searched : "grid",
			trials: sweep && method === "random" ? trials : null,
			minSteps: sweep && searched === "asha" ? steps : null,
			reduction,
			seed,
			objective: null,
		},
	};
}

/** Steps before the first cut where none are named: a third of a run, and past the value warm-up. */
export function defaultMinSteps(
	stepsPerRun: number,
	stepsPerEpoch: number,
	valueWarmupEpochs: number,
): number | null {
	if (stepsPerRun < 2) return null;
	const warmup = Math.round(stepsPerEpoch * valueWarmupEpochs);
	return Math.min(stepsPerRun - 1, warmup + Math.max(1, Math.round((stepsPerRun - warmup) / 3)));
}

/** Takes a preset's settings over; model and data stay. */
export function withPreset(
	form: TrainForm,
	preset: Pick<PresetEntry, "method" | "fields" | "space">,
): TrainForm {
	const texts = Object.fromEntries(
		Object.entries(preset.space).map(([path, axis]) => [path, axisText(axis)]),
	);
	return withFields({ ...form, method: preset.method }, preset.fields, texts);
}

/** Takes over what differs in a run's configuration from the defaults of its method. */
export function withRun(form: TrainForm, config: NonNullable<RunDetail["config"]>): TrainForm {
	const {
		method,
		modelDir: _m,
		dataPath: _d,
		validationPath: _v,
		validationColumns: _h,
		columns: _c,
		invalidRows: _i,
		schemaVersion: _s,
		...fields
	} = config;
	const defaults = resolveRunConfig({ method, adapter: config.adapter, ...PLACEHOLDER }) as Record<
		string,
		unknown
	>;
	const changed = Object.entries(fields).filter(
		([name, value]) => name === "adapter" || JSON.stringify(value) !== JSON.stringify(defaults[name]),
	);
	return withFields({ ...form, method }, Object.fromEntries(changed), {});
}

function withFields(
	form: TrainForm,
	fields: Readonly<Record<string, unknown>>,
	texts: Record<string, string>,
): TrainForm {
	const values: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(fields)) {
		if (name === "method" || texts[name] !== undefined) continue;
		if (value !== null && typeof value === "object" && name !== "columns")
			for (const [key, inner] of Object.entries(value)) values[`${name}.${key}`] = inner;
		else values[name] = value;
	}
	const usual = new Set(SWEPT_FIELDS.map(({ path }) => path));
	for (const path of usual) {
		if (values[path] === undefined) continue;
		texts[path] ??= valueText(values[path]);
		delete values[path];
	}
	return { ...form, values, texts, added: Object.keys(texts).filter((path) => !usual.has(path)) };
}
