import type { SweepTrial } from "../../../core/contract/api-sweeps.ts";
import type { CellState } from "../../charts/index.ts";
import { type ValueAxis, valueAxis } from "./axis-values.ts";
import { isScored } from "./scores.ts";

/** Runs that share a pair of values, as one cell of the heatmap. */
export interface PivotCell {
	readonly state: CellState;
	/** Mean of their scores; null while there is none. */
	readonly value: number | null;
	/** The best ranked of them. */
	readonly runId: string;
	readonly trials: readonly SweepTrial[];
}

export interface Pivot {
	readonly columns: readonly string[];
	/** From the largest value down, as an axis goes up. */
	readonly rows: readonly string[];
	readonly cell: (row: number, column: number) => PivotCell | null;
}

export interface PivotChoice {
	readonly column: string;
	/** Null where one setting alone varies. */
	readonly row: string | null;
	/** Keeps the runs with one value of a third setting; null takes the mean over all. */
	readonly only: { readonly field: string; readonly index: number } | null;
}

const ONE_ROW: ValueAxis = { labels: [""], indexOf: () => 0 };

/** The runs (best first) by two of their settings. */
export function pivot(trials: readonly SweepTrial[], { column, row, only }: PivotChoice): Pivot {
	const columnAxis = valueAxis(trials, column);
	const rowAxis = row === null ? ONE_ROW : valueAxis(trials, row);
	const third = only === null ? null : valueAxis(trials, only.field);
	const cells = new Map<string, SweepTrial[]>();
	for (const trial of trials) {
		if (only !== null && third?.indexOf(trial.values[only.field]) !== only.index) continue;
		const r = row === null ? 0 : rowAxis.indexOf(trial.values[row]);
		const key = `${r} ${columnAxis.indexOf(trial.values[column])}`;
		cells.set(key, [...(cells.get(key) ?? []), trial]);
	}
	const last = rowAxis.labels.length - 1;
	return {
		columns: columnAxis.labels,
		rows: rowAxis.labels.toReversed(),
		cell: (r, c) => cellOf(cells.get(`${last - r} ${c}`) ?? []),
	};
}

function cellOf(trials: readonly SweepTrial[]): PivotCell | null {
	const [first] = trials;
	if (first === undefined) return null;
	const scores = trials.filter(isScored).map(({ score }) => score);
	const value = scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
	return { state: stateOf(trials), value, runId: first.runId, trials };
}

const CELL_STATES: Record<SweepTrial["status"], CellState> = {
	waiting: "waiting",
	training: "running",
	finished: "done",
	cut: "stopped",
	failed: "failed",
	unfinished: "stopped",
};

/** What goes on in a cell: what moves wins, then what is there, then what is missing. */
function stateOf(trials: readonly SweepTrial[]): CellState {
	const states = new Set(trials.map(({ status }) => CELL_STATES[status]));
	const order: CellState[] = ["running", "done", "waiting", "stopped", "failed"];
	return order.find((state) => states.has(state)) ?? "done";
}

/** Pairs of settings that the heatmap can show, β against the learning rate first. */
export function fieldPairs(fields: readonly string[]): [string, string | null][] {
	const order = ["beta", "lr"];
	const rank = (field: string) => (order.includes(field) ? order.indexOf(field) : order.length);
	const sorted = [...fields].sort((a, b) => rank(a) - rank(b));
	const [only] = sorted;
	if (sorted.length === 1 && only !== undefined) return [[only, null]];
	return sorted.flatMap((column, i) =>
		sorted.slice(i + 1).map((row): [string, string | null] => [column, row]),
	);
}
