import { useMemo, useState } from "react";
import { Button, Card, type Column, DataTable, format, Pill, Row, StatusDot } from "../ui/index.ts";

interface Run {
	id: string;
	beta: number;
	rate: number;
	accuracy: number | undefined;
	steps: number;
	state: "done" | "training" | "failed";
}

const STATES = ["done", "done", "done", "training", "failed"] as const;
const BETAS = [0.01, 0.03, 0.1, 0.3, 1];

function makeRuns(count: number): Run[] {
	return Array.from({ length: count }, (_, index) => {
		const state = STATES[index % STATES.length] ?? "done";
		return {
			id: String(index + 1).padStart(3, "0"),
			beta: BETAS[index % BETAS.length] ?? 1,
			rate: index % 2 ? 5e-7 : 1e-7,
			accuracy: state === "failed" ? undefined : 70 + ((index * 37) % 180) / 10,
			steps: 312 + index,
			state,
		};
	});
}

const TONES = { done: "neutral", training: "good", failed: "bad" } as const;
const COLUMNS: readonly Column<Run>[] = [
	{
		id: "run",
		header: "Run",
		width: "22%",
		value: (run) => run.id,
		cell: (run) => (
			<Row gap={8}>
				<StatusDot color={`var(--run-${(Number(run.id) % 8) + 1})`} />
				<span className="medium">{run.id}</span>
			</Row>
		),
	},
	{ id: "beta", aliases: ["β"], header: "β", align: "right", width: "10%", value: (run) => run.beta },
	{
		id: "lr",
		header: "Learning rate",
		align: "right",
		width: "16%",
		value: (run) => run.rate,
		cell: (run) => format.number(run.rate),
	},
	{
		id: "accuracy",
		header: "Accuracy",
		unit: "%",
		align: "right",
		width: "18%",
		value: (run) => run.accuracy,
		cell: (run) =>
			run.accuracy === undefined ? (
				<span className="tone-3">n/a</span>
			) : (
				<>
					<b>{format.fixed(run.accuracy, 1)}</b> <span className="tone-3">± 2.0</span>
				</>
			),
	},
	{ id: "steps", header: "Steps", align: "right", width: "14%", value: (run) => run.steps },
	{
		id: "state",
		header: "State",
		value: (run) => run.state,
		cell: (run) => <Pill tone={TONES[run.state]}>{run.state}</Pill>,
	},
];

const few = makeRuns(4);

/** Tables, short, long and empty. */
export function Tables() {
	const many = useMemo(() => makeRuns(5000), []);
	const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(["002", "003"]));
	const [opened, setOpened] = useState("004");
	return (
		<>
			<Card title="Runs" note="5,000 of them; arrows move, Space selects, Enter opens" flush>
				<DataTable
					label="runs"
					rows={many}
					columns={COLUMNS}
					rowKey={(run) => run.id}
					defaultSort={{ id: "run", direction: "ascending" }}
					selected={selected}
					onSelect={setSelected}
					current={opened}
					onOpen={(run) => setOpened(run.id)}
					filterable
					toolbar={<Button kbd="C">Compare {selected.size}</Button>}
					maxHeight={280}
				/>
			</Card>
			<Card title="A short table" flush>
				<DataTable label="few runs" rows={few} columns={COLUMNS} rowKey={(run) => run.id} />
			</Card>
			<Card title="An empty one" flush>
				<DataTable
					label="no runs"
					rows={[]}
					columns={COLUMNS}
					rowKey={(run) => run.id}
					loading
					empty="No run yet."
				/>
			</Card>
		</>
	);
}
