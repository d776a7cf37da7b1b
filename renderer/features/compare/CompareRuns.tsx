import { useState } from "react";
import { slotColor } from "../../app/colors.ts";
import { HAS_VALUE } from "../../app/methods.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import {
	Button,
	Card,
	Chip,
	EmptyState,
	ErrorNote,
	format,
	LoadingLine,
	PageHeader,
	StatusDot,
} from "../../ui/index.ts";
import styles from "./Compare.module.css";
import { CompareCharts } from "./CompareCharts.tsx";
import { EvaluateDialog } from "./EvaluateDialog.tsx";
import { PairedView, type Side } from "./PairedView.tsx";
import { MOST_RUNS, RunPicker } from "./RunPicker.tsx";
import { SettingsTable } from "./SettingsTable.tsx";
import { useComparedRuns } from "./useComparedRuns.ts";
import { usePaired } from "./usePaired.ts";

/** Up to eight runs: settings that differ, curves, and who solves what. */
export function CompareRuns({ ids }: { ids: readonly string[] }) {
	const runs = useComparedRuns(ids);
	const [asking, setAsking] = useState<"runs" | "evaluate" | null>(null);
	const { paired, error, loading } = usePaired(
		ids,
		runs.map((run) => run?.detail?.summary.bestStep ?? "").join(),
	);
	const nameOf = (i: number) => runs[i]?.detail?.summary.name ?? ids[i] ?? "";
	const colorOf = (id: string) => slotColor(Math.max(0, ids.indexOf(id)));
	const choose = () => setAsking("runs");
	useShortcuts([{ keys: "N", label: "Choose runs to compare", run: choose }]);
	const sides = (paired?.sides ?? []).map((side): Side => {
		const run = runs.find((one) => one?.id === side.id);
		const config = run?.detail?.config ?? null;
		return {
			...{ label: side.label, color: colorOf(side.id), route: routes.run(side.id) },
			baseAccuracy: run?.detail?.summary.baseAccuracy ?? null,
			inspect:
				config !== null && HAS_VALUE[config.method]
					? {
							model: { type: "run", id: side.id, checkpoint: "best" },
							template: config.template,
							task: config.task,
						}
					: null,
		};
	});
	const broken = runs.find((run) => run?.error != null);
	return (
		<>
			<PageHeader
				title="Compare"
				note={format.plural(ids.length, "run")}
				actions={
					<>
						<Button onClick={() => setAsking("evaluate")}>Evaluate on a data set…</Button>
						<Button kbd="N" onClick={choose}>
							{ids.length < MOST_RUNS ? "Add runs…" : "Choose runs…"}
						</Button>
					</>
				}
			/>
			<div className={styles.chosen}>
				{ids.map((id, i) => (
					<Chip
						key={id}
						label={<StatusDot color={slotColor(i)} />}
						removeLabel={`Leave ${nameOf(i)} out`}
						onRemove={() => goTo(routes.compare(ids.filter((one) => one !== id)))}
					>
						<a href={`#${routes.run(id)}`}>{nameOf(i)}</a>
					</Chip>
				))}
			</div>
			{broken && <ErrorNote error={broken.error} />}
			<LoadingLine active={runs.some((run) => run === null)} label="Opening the runs" />
			{ids.length === 1 && (
				<EmptyState title="One run is no comparison" action={<Button onClick={choose}>Add runs…</Button>}>
					Add a second: another setting, another seed, or the run that this one was made from.
				</EmptyState>
			)}
			{ids.length > 1 && (
				<>
					<SettingsTable
						names={ids.map((_, i) => nameOf(i))}
						colors={ids.map((_, i) => slotColor(i))}
						configs={runs.map((run) => run?.detail?.config ?? null)}
						loading={runs.some((run) => run === null)}
					/>
					<CompareCharts runs={runs} colors={ids.map((_, i) => slotColor(i))} />
					{paired && (
						<PairedView paired={paired} sides={sides} note="greedy answers of each run's best evaluation" />
					)}
					{!paired && !loading && error !== null && (
						<Card title="Problem by problem">
							<ErrorNote
								error={error}
								action={
									<Button size="sm" onClick={() => setAsking("evaluate")}>
										Evaluate on a data set…
									</Button>
								}
							/>
						</Card>
					)}
				</>
			)}
			{asking === "runs" && (
				<RunPicker
					chosen={ids}
					onClose={() => setAsking(null)}
					onChoose={(next) => goTo(routes.compare(next))}
				/>
			)}
			{asking === "evaluate" && <EvaluateDialog runIds={ids} onClose={() => setAsking(null)} />}
		</>
	);
}
