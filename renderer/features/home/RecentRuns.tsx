import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { runColor } from "../../app/colors.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { METHOD_LABELS, STATE_WORDS } from "../../app/words.ts";
import { Sparkline } from "../../charts/index.ts";
import {
	Card,
	type Column,
	DataTable,
	EmptyState,
	format,
	Pill,
	StatusDot,
	useNarrow,
} from "../../ui/index.ts";

const SHOWN = 6;
/** In windows that have the room. */
const SHOWN_WIDE = 16;

/** The newest runs with their accuracy; the whole list has its own screen. */
export function RecentRuns() {
	const runs = useStudio((state) => state.runs);
	const narrow = useNarrow(2600);
	const shown = (runs ?? []).slice(0, narrow ? SHOWN : SHOWN_WIDE);
	const columns: readonly Column<RunSummary>[] = [
		{
			id: "name",
			header: "Run",
			cell: (run) => (
				<>
					<StatusDot color={runColor(runs ?? [], run.id)} /> <b>{run.name}</b>
				</>
			),
		},
		{
			id: "method",
			header: "Method",
			cell: (run) => (run.method === null ? "n/a" : METHOD_LABELS[run.method]),
		},
		{ id: "beta", header: "β", align: "right", cell: (run) => format.number(run.beta) },
		{
			id: "lr",
			header: "Learning rate",
			align: "right",
			cell: (run) => <span className="power">{format.number(run.lr)}</span>,
		},
		{ id: "step", header: "Steps", align: "right", cell: (run) => format.count(run.step) },
		{
			id: "curve",
			header: "Curve",
			width: "140px",
			cell: (run) => (
				<Sparkline
					label={curveWords(run)}
					values={run.accuracyCurve.map(([, accuracy]) => accuracy)}
					color={runColor(runs ?? [], run.id)}
				/>
			),
		},
		{
			id: "accuracy",
			header: "%",
			align: "right",
			cell: (run) => <b>{run.bestAccuracy === null ? "n/a" : format.fixed(run.bestAccuracy * 100, 1)}</b>,
		},
		{ id: "gain", header: "Over base", align: "right", cell: (run) => gainOf(run) },
		{
			id: "state",
			header: "State",
			cell: (run) => <Pill tone={STATE_WORDS[run.state].tone}>{STATE_WORDS[run.state].label}</Pill>,
		},
	];
	return (
		<Card
			title="Recent runs"
			note="held-out accuracy, greedy"
			flush
			actions={<a href={`#${routes.runs()}`}>All runs</a>}
		>
			{runs !== null && runs.length === 0 ? (
				<EmptyState
					title="No runs yet"
					example={<span>Qwen2-7B GSM8K · DQO · β 0.03 · 87.4 %, +14.6 over base</span>}
				>
					A run appears here as soon as it is started, with its accuracy over the base model.
				</EmptyState>
			) : (
				<DataTable
					label="Recent runs"
					columns={columns}
					rows={shown}
					rowKey={(run) => run.id}
					onOpen={(run) => goTo(routes.run(run.id))}
				/>
			)}
		</Card>
	);
}

/** The accuracy curve for those who do not see it. */
function curveWords({ accuracyCurve }: RunSummary): string {
	const [first, last] = [accuracyCurve[0]?.[1], accuracyCurve.at(-1)?.[1]];
	return first === undefined || last === undefined
		? "no evaluation yet"
		: `accuracy, ${format.percent(first)} to ${format.percent(last)}`;
}

function gainOf({ bestAccuracy, baseAccuracy }: RunSummary) {
	if (bestAccuracy === null || baseAccuracy === null) return "n/a";
	const gain = (bestAccuracy - baseAccuracy) * 100;
	return <span style={{ color: gain >= 0 ? "var(--good)" : "var(--bad)" }}>{format.signed(gain, 1)}</span>;
}
