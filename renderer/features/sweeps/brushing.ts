import type { SweepSummary, SweepTrial } from "../../../core/contract/api-sweeps.ts";
import {
	type AxisValue,
	type Brushes,
	inBrushes,
	layoutAxis,
	type ParallelAxis,
} from "../../charts/sweep/axis.ts";
import * as format from "../../ui/format.ts";
import { fieldName } from "../shared/field-names.ts";
import { axisValue, scaleOf } from "./axis-values.ts";
import { SCORES } from "./scores.ts";

export const KL_AXIS = "kl";
export const SCORE_AXIS = "score";

/** A run's settings and results on the axes. */
export type AxisValues = Readonly<Record<string, AxisValue>>;

/** Swept settings, then KL, then what the best is picked by. */
export function parallelAxes(
	{ axes, objective }: Pick<SweepSummary, "axes" | "objective">,
	trials: readonly SweepTrial[],
): ParallelAxis[] {
	const { name, unit, higherIsBetter } = SCORES[objective];
	const fields = axes.map(({ field }): ParallelAxis => {
		const values = trials.map((trial) => trial.values[field]);
		return { key: field, label: fieldName(field), scale: scaleOf(values) };
	});
	const hasKl = trials.some(({ klEstimate }) => klEstimate !== null);
	return [
		...fields,
		...(hasKl ? [{ key: KL_AXIS, label: "KL, nats", scale: "linear" } as const] : []),
		{
			...{ key: SCORE_AXIS, label: unit ? `${name}, ${unit}` : name, scale: "linear" },
			...(higherIsBetter ? {} : { lowerIsBetter: true }),
		},
	];
}

export function axisValues(
	{ axes, objective }: Pick<SweepSummary, "axes" | "objective">,
	{ values, klEstimate, score }: SweepTrial,
): AxisValues {
	return {
		...Object.fromEntries(axes.map(({ field }) => [field, axisValue(values[field])])),
		[KL_AXIS]: klEstimate,
		[SCORE_AXIS]: score === null ? null : SCORES[objective].shown(score),
	};
}

/** A brush in words, and a function that tells whether a run is inside all of them. */
export interface Brushing {
	readonly kept: (values: AxisValues) => boolean;
	/** By axis: `Accuracy 85 to 88 %`. */
	readonly labels: readonly { key: string; text: string }[];
}

/** Reads brushes, which are in parts of an axis, against the runs that the axes were laid out for. */
export function brushing(
	axes: readonly ParallelAxis[],
	runs: readonly AxisValues[],
	brushes: Brushes,
): Brushing {
	const layouts = Object.fromEntries(
		axes.map(({ key, scale }) => [
			key,
			layoutAxis(
				scale,
				runs.map((values) => values[key] ?? null),
			),
		]),
	);
	const labels = axes.flatMap(({ key, label }) => {
		const range = brushes[key];
		if (range === undefined) return [];
		const inside = runs.filter((values) => inBrushes(values, layouts, { [key]: range }));
		return [
			{
				key,
				text: `${rangeText(
					label,
					inside.map((values) => values[key] ?? null),
				)}`,
			},
		];
	});
	return { kept: (values) => inBrushes(values, layouts, brushes), labels };
}

/** `Accuracy 85 to 88 %` from a label such as `Accuracy, %` and the values kept. */
function rangeText(label: string, values: readonly AxisValue[]): string {
	const [name, unit] = label.split(", ");
	const numbers = values.filter((value) => typeof value === "number");
	if (values.length === 0) return `${name}: none`;
	if (numbers.length < values.length) return `${name} ${[...new Set(values)].join(", ")}`;
	const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
	const range =
		low === high ? format.number(low, 3) : `${format.number(low, 3)} to ${format.number(high, 3)}`;
	return `${name} ${range}${unit ? ` ${unit}` : ""}`;
}
