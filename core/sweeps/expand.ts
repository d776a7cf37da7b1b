import { AppError } from "../contract/errors.ts";
import { type FieldProblem, resolveRunConfig } from "../contract/resolve.ts";
import type { RunConfig } from "../contract/run.ts";
import type { SweepAxis, SweepConfig, SweepValue } from "../contract/sweep.ts";
import { Random } from "../training/random.ts";

export interface Point {
	readonly values: Readonly<Record<string, SweepValue>>;
	readonly config: RunConfig;
}

/** Draws that may repeat a point before the space counts as exhausted. */
const DRAWS_PER_TRIAL = 100;

/**
 * The distinct runs of a sweep, in a fixed order that follows from the configuration alone.
 * @throws AppError `config-invalid` that names every invalid point at once (`details.problems`).
 */
export function expand(config: SweepConfig): Point[] {
	const problems = axisProblems(config);
	if (problems.length > 0) throw invalidPoints(problems);
	const points: Point[] = [];
	const seen = new Set<string>();
	let invalid = 0;
	for (const values of candidates(config)) {
		const at = JSON.stringify(values);
		if (seen.has(at)) continue;
		seen.add(at);
		try {
			const resolved = resolveRunConfig(configAt(config.base, values));
			// Different values may resolve to the same run, such as an alpha that is the default of its rank.
			const key = `resolved ${JSON.stringify(Object.entries(resolved).sort())}`;
			if (seen.has(key)) continue;
			seen.add(key);
			points.push({ values, config: resolved });
		} catch (error) {
			if (!(error instanceof AppError)) throw error;
			const { problems: fields = [] } = error.details as { problems?: FieldProblem[] };
			invalid++;
			problems.push(...fields.map(({ field, reason }) => ({ field: `${nameOf(values)}: ${field}`, reason })));
		}
		if (config.method !== "grid" && points.length + invalid === config.trials) break;
	}
	if (problems.length > 0) throw invalidPoints(problems);
	return points;
}

/** `beta=0.1 lr=0.00001`. */
export function nameOf(values: Readonly<Record<string, SweepValue>>): string {
	return Object.entries(values)
		.map(([field, value]) => `${field}=${value}`)
		.join(" ");
}

/** One error for everything that is wrong. */
export function invalidPoints(problems: readonly FieldProblem[]): AppError {
	// A reason may be whole sentences, such as a file's error and its hint.
	const shown = problems.slice(0, 20).map(({ field, reason }) => `${field}: ${reason.replace(/\.$/, "")}`);
	const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : "";
	return new AppError({
		code: "config-invalid",
		message: `The sweep has ${problems.length} problem${problems.length === 1 ? "" : "s"}: ${shown.join("; ")}${more}.`,
		hint: "Nothing was started. Correct the fields named in the base configuration or in the space.",
		details: { problems },
	});
}

function axisProblems({ method, space, trials, asha }: SweepConfig): FieldProblem[] {
	const problems: FieldProblem[] = [];
	if (method === "grid" && trials !== null) {
		problems.push({ field: "trials", reason: "a grid makes every combination; leave trials out" });
	}
	if (method === "random" && trials === null) {
		problems.push({ field: "trials", reason: "random needs the number of runs to draw" });
	}
	if (method === "asha" && asha === null) {
		problems.push({ field: "asha", reason: "needs minSteps, the steps before the first cut" });
	}
	if (method !== "asha" && asha !== null) {
		problems.push({ field: "asha", reason: `has no meaning for ${method}` });
	}
	for (const [field, axis] of Object.entries(space)) {
		if ("values" in axis || axis.count !== undefined || trials !== null) continue;
		if (method !== "random")
			problems.push({ field, reason: "a range needs a count of points, such as 1e-6..1e-4:5 log" });
	}
	return problems;
}

function candidates(config: SweepConfig): Iterable<Record<string, SweepValue>> {
	const axes = Object.entries(config.space);
	return config.method === "grid" || config.trials === null ? grid(axes) : draws(axes, config);
}

/** Every combination; the last field varies fastest. */
function grid(axes: readonly [string, SweepAxis][]): Record<string, SweepValue>[] {
	return axes.reduce<Record<string, SweepValue>[]>(
		(points, [field, axis]) =>
			points.flatMap((point) => axisPoints(axis).map((value) => ({ ...point, [field]: value }))),
		[{}],
	);
}

function* draws(
	axes: readonly [string, SweepAxis][],
	{ seed, trials }: SweepConfig,
): Generator<Record<string, SweepValue>> {
	const random = new Random("sweep", seed);
	for (let i = 0; i < (trials ?? 0) * DRAWS_PER_TRIAL; i++) {
		yield Object.fromEntries(axes.map(([field, axis]) => [field, draw(axis, random)]));
	}
}

function draw(axis: SweepAxis, random: Random): SweepValue {
	if (!("values" in axis) && axis.count === undefined) return within(axis, random.next());
	const points = axisPoints(axis);
	return points[Math.floor(random.next() * points.length)] as SweepValue;
}

function axisPoints(axis: SweepAxis): SweepValue[] {
	if ("values" in axis) return axis.values;
	const { count = 1 } = axis;
	return Array.from({ length: count }, (_, i) => within(axis, count === 1 ? 0 : i / (count - 1)));
}

/** The value at `share` of a range, 0 to 1, in digits that a person would write. */
function within(axis: Exclude<SweepAxis, { values: SweepValue[] }>, share: number): number {
	const { min, max, scale, integer } = axis;
	const value = scale === "log" ? min * (max / min) ** share : min + (max - min) * share;
	return integer ? Math.round(value) : Number(value.toPrecision(6));
}

/** The base configuration with a point's values put in at their paths. */
export function configAt(
	base: Record<string, unknown>,
	values: Readonly<Record<string, SweepValue>>,
): Record<string, unknown> {
	const config = structuredClone(base);
	for (const [field, value] of Object.entries(values)) {
		const path = field.split(".");
		const last = path.pop() as string;
		let at = config;
		for (const name of path) {
			// A rank or an alpha only means something for LoRA.
			if (!Object.hasOwn(at, name) || !isRecord(at[name]))
				at[name] = name === "adapter" ? { type: "lora" } : {};
			at = at[name] as Record<string, unknown>;
		}
		at[last] = value;
	}
	return config;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
