import type { SweepTrial } from "../../../core/contract/api-sweeps.ts";
import type { SweepValue } from "../../../core/contract/sweep.ts";
import type { AxisValue, ParallelAxis } from "../../charts/index.ts";
import * as format from "../../ui/format.ts";
import { valueText } from "../shared/field-names.ts";

/** Values of a drawn range are many: above this they are gathered in bins. */
const MOST_VALUES = 8;
const BINS = 5;
/** Values that span this factor are spread by their logarithm. */
const LOG_SPAN = 10;

/** The values of one setting, in order, each with the runs' values that belong to it. */
export interface ValueAxis {
	readonly labels: readonly string[];
	/** Index into `labels`; −1 for a value that no run has. */
	readonly indexOf: (value: SweepValue | undefined) => number;
}

/** Every value that the runs take, ascending; in bins where a range was drawn from. */
export function valueAxis(trials: readonly Pick<SweepTrial, "values">[], field: string): ValueAxis {
	const distinct = [...new Set(trials.map(({ values }) => values[field]))].filter(
		(value) => value !== undefined,
	);
	const numbers = distinct.filter((value) => typeof value === "number").sort((a, b) => a - b);
	if (numbers.length < distinct.length) {
		const labels = distinct.map(valueText);
		return { labels, indexOf: (value) => labels.indexOf(valueText(value)) };
	}
	if (numbers.length <= MOST_VALUES)
		return {
			labels: numbers.map((value) => format.number(value)),
			indexOf: (value) => numbers.indexOf(value as number),
		};
	return binned(numbers);
}

/** Bins of equal width on the axis' own scale. */
function binned(numbers: readonly number[]): ValueAxis {
	const [low, high] = [numbers[0] as number, numbers.at(-1) as number];
	const log = scaleOf(numbers) === "log";
	const to = log ? Math.log : (x: number) => x;
	const from = log ? Math.exp : (x: number) => x;
	const edge = (i: number) => from(to(low) + ((to(high) - to(low)) * i) / BINS);
	return {
		labels: Array.from(
			{ length: BINS },
			(_, i) => `${format.number(edge(i), 2)} to ${format.number(edge(i + 1), 2)}`,
		),
		indexOf: (value) => {
			if (typeof value !== "number") return -1;
			const at = Math.floor(((to(value) - to(low)) / (to(high) - to(low))) * BINS);
			return Math.min(BINS - 1, Math.max(0, at));
		},
	};
}

/** How a setting's axis is spread: by order, evenly, or by magnitude. */
export function scaleOf(values: readonly (SweepValue | undefined)[]): ParallelAxis["scale"] {
	if (!values.every((value) => typeof value === "number")) return "category";
	const low = Math.min(...values);
	return low > 0 && Math.max(...values) / low >= LOG_SPAN ? "log" : "linear";
}

/** A value as the parallel axes take it: words where it is no number. */
export function axisValue(value: SweepValue | undefined): AxisValue {
	return typeof value === "number" ? value : valueText(value);
}
