import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { runColor } from "../../app/colors.ts";
import { METHOD_LABELS, STATE_WORDS } from "../../app/words.ts";
import { type Column, format, Pill, Row, StatusDot } from "../../ui/index.ts";

/** What lists tell of a run. */
export function runColumns(all: readonly RunSummary[]): Column<RunSummary>[] {
	return [
		{
			id: "run",
			header: "Run",
			value: ({ name }) => name,
			cell: ({ id, name }) => (
				<Row gap={8}>
					<StatusDot color={runColor(all, id)} />
					<b>{name}</b>
				</Row>
			),
		},
		{
			id: "method",
			header: "Method",
			width: "84px",
			value: ({ method }) => (method === null ? null : METHOD_LABELS[method]),
		},
		{ id: "model", header: "Model", value: ({ modelName }) => modelName },
		{ id: "data", header: "Data", value: ({ dataName }) => dataName },
		number("beta", "β", ({ beta }) => beta, ["β"]),
		number("lr", "Learning rate", ({ lr }) => lr),
		number("lambda", "λ", ({ lambda }) => lambda, ["λ"]),
		{
			id: "steps",
			header: "Steps",
			align: "right",
			width: "84px",
			value: ({ step }) => step,
			cell: ({ step }) => format.count(step),
		},
		{
			id: "accuracy",
			header: "Accuracy",
			unit: "%",
			align: "right",
			width: "108px",
			value: ({ bestAccuracy }) => (bestAccuracy === null ? null : 100 * bestAccuracy),
			cell: ({ bestAccuracy }) => (
				<b>{bestAccuracy === null ? "n/a" : format.fixed(100 * bestAccuracy, 1)}</b>
			),
		},
		{
			id: "gain",
			header: "Over base",
			align: "right",
			width: "96px",
			value: gainOf,
			cell: (run) => {
				const gain = gainOf(run);
				return gain === null ? (
					"n/a"
				) : (
					<span className={gain >= 0 ? "tone-good" : "tone-bad"}>{format.signed(gain, 1)}</span>
				);
			},
		},
		{
			id: "state",
			header: "State",
			width: "140px",
			value: ({ state }) => STATE_WORDS[state].label,
			cell: ({ state }) => (
				<Pill tone={STATE_WORDS[state].tone} dot={state === "running"}>
					{STATE_WORDS[state].label}
				</Pill>
			),
		},
	];
}

function number(
	id: string,
	header: string,
	value: (run: RunSummary) => number | null,
	aliases: string[] = [],
): Column<RunSummary> {
	return {
		id,
		header,
		align: "right",
		width: "112px",
		value,
		cell: (run) => <span className={id === "lr" ? "power" : undefined}>{format.number(value(run))}</span>,
		aliases,
	};
}

/** Points of accuracy over the base model. */
function gainOf({ bestAccuracy, baseAccuracy }: RunSummary): number | null {
	return bestAccuracy === null || baseAccuracy === null ? null : 100 * (bestAccuracy - baseAccuracy);
}
