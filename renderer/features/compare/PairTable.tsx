import type { Paired } from "../../../core/contract/api-tasks.ts";
import { type Column, DataTable, format, Row, StatusDot } from "../../ui/index.ts";
import { pText, TOLD_APART } from "../shared/verdict.ts";
import type { Side } from "./PairedView.tsx";

type Pair = Paired["pairs"][number];

interface Props {
	paired: Paired;
	sides: readonly Side[];
	names: readonly string[];
	current: Pair;
	onChoose: (pair: Pair) => void;
}

const keyOf = ({ a, b }: Pair) => `${a} ${b}`;

/** Every pair: problems that one alone solves, the difference, and whether chance explains it. */
export function PairTable({ paired, sides, names, current, onChoose }: Props) {
	const named = (i: number) => (
		<Row gap={6}>
			<StatusDot color={sides[i]?.color} />
			{names[i]}
		</Row>
	);
	const columns: Column<Pair>[] = [
		{ id: "a", header: "A", value: ({ a }) => names[a] ?? "", cell: ({ a }) => named(a) },
		{ id: "b", header: "B", value: ({ b }) => names[b] ?? "", cell: ({ b }) => named(b) },
		{
			id: "onlyA",
			header: "Only A",
			align: "right",
			width: "68px",
			value: ({ onlyA }) => onlyA,
			cell: ({ onlyA }) => format.count(onlyA),
		},
		{
			id: "onlyB",
			header: "Only B",
			align: "right",
			width: "68px",
			value: ({ onlyB }) => onlyB,
			cell: ({ onlyB }) => format.count(onlyB),
		},
		{
			id: "difference",
			header: "B over A",
			align: "right",
			width: "132px",
			value: ({ difference }) => 100 * difference,
			cell: ({ difference, interval }) => (
				<>
					<b>{format.signed(100 * difference, 1)}</b>{" "}
					<span className="tone-3">
						{format.signed(100 * interval[0], 1)} to {format.signed(100 * interval[1], 1)}
					</span>
				</>
			),
		},
		{
			id: "p",
			header: "Verdict",
			width: "170px",
			value: ({ p }) => p,
			cell: ({ p }) => (
				<>
					{p < TOLD_APART ? <b>told apart</b> : "not told apart"} <span className="tone-3">{pText(p)}</span>
				</>
			),
		},
	];
	return (
		<DataTable<Pair>
			label="Pairs"
			rows={paired.pairs}
			columns={columns}
			rowKey={keyOf}
			onOpen={onChoose}
			current={keyOf(current)}
			maxHeight={270}
		/>
	);
}
