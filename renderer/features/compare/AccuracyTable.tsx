import type { Paired } from "../../../core/contract/api-tasks.ts";
import { Card, type Column, DataTable, format, Row, StatusDot } from "../../ui/index.ts";
import type { Side } from "./PairedView.tsx";

interface Line {
	readonly side: Side;
	readonly name: string;
	readonly result: Paired["sides"][number];
}

const columns: Column<Line>[] = [
	{
		id: "run",
		header: "Run",
		value: ({ name }) => name,
		cell: ({ side, name }) => (
			<Row gap={8}>
				<StatusDot color={side.color} />
				{side.route === null ? <b>{name}</b> : <a href={`#${side.route}`}>{name}</a>}
			</Row>
		),
	},
	{
		id: "accuracy",
		header: "Accuracy",
		unit: "%",
		align: "right",
		width: "124px",
		value: ({ result }) => 100 * result.accuracy,
		cell: ({ result }) => (
			<>
				<b>{format.fixed(100 * result.accuracy, 1)}</b>{" "}
				<span className="tone-3">{format.plusMinus(50 * (result.interval[1] - result.interval[0]))}</span>
			</>
		),
	},
	{
		id: "correct",
		header: "Correct",
		align: "right",
		width: "76px",
		value: ({ result }) => result.correct,
		cell: ({ result }) => format.count(result.correct),
	},
	{
		id: "base",
		header: "Base",
		unit: "%",
		align: "right",
		width: "76px",
		value: ({ side }) => (side.baseAccuracy === null ? null : 100 * side.baseAccuracy),
		cell: ({ side }) => (side.baseAccuracy === null ? "n/a" : format.fixed(100 * side.baseAccuracy, 1)),
	},
	{
		id: "step",
		header: "At step",
		align: "right",
		width: "76px",
		value: ({ result }) => result.step,
		cell: ({ result }) => format.count(result.step),
	},
];

/** Accuracy of each with its interval, on the problems that all answered. */
export function AccuracyTable({
	paired,
	sides,
	names,
	note,
}: {
	paired: Paired;
	sides: readonly Side[];
	names: readonly string[];
	note: string;
}) {
	const lines = paired.sides.flatMap((result, i): Line[] => {
		const side = sides[i];
		return side ? [{ side, name: names[i] ?? side.label, result }] : [];
	});
	return (
		<Card flush title="Accuracy" note={`${note}, 95 % intervals`}>
			<DataTable<Line>
				label="Accuracy"
				rows={lines}
				columns={columns}
				rowKey={({ result }) => result.id}
				defaultSort={{ id: "accuracy", direction: "descending" }}
			/>
		</Card>
	);
}
