import { useEffect, useMemo, useState } from "react";
import { useParams } from "wouter";
import { useObjectName } from "../../app/crumb.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import type { Brushes } from "../../charts/index.ts";
import { ButtonLink, EmptyState, ErrorNote, focusFilter, LoadingLine } from "../../ui/index.ts";
import { axisValues, brushing, parallelAxes } from "./brushing.ts";
import { Leaderboard } from "./Leaderboard.tsx";
import { pinBest, useSweepPins } from "./pins.ts";
import { SweepBanner } from "./SweepBanner.tsx";
import { SweepHeader } from "./SweepHeader.tsx";
import { SweepHeatmap } from "./SweepHeatmap.tsx";
import { SweepImportance } from "./SweepImportance.tsx";
import styles from "./SweepPage.module.css";
import { SweepParallel } from "./SweepParallel.tsx";
import { SweepProgress } from "./SweepProgress.tsx";
import { isScored } from "./scores.ts";
import { useSweep } from "./useSweep.ts";

export default function SweepPage() {
	const { id = "" } = useParams<{ id: string }>();
	const sweepId = decodeURIComponent(id);
	return <Sweep key={sweepId} id={sweepId} />;
}

function Sweep({ id }: { id: string }) {
	const { detail, error } = useSweep(id);
	const pins = useSweepPins(id);
	const [brushes, setBrushes] = useState<Brushes>({});
	const [hovered, setHovered] = useState<string | null>(null);
	const pinnedIds = useMemo(() => Object.entries(pins).sort(([, a], [, b]) => a - b), [pins]);
	const compare = () => goTo(routes.compare(pinnedIds.map(([runId]) => runId)));
	useObjectName(detail?.summary.name ?? null);
	useShortcuts([
		{ keys: "/", label: "Filter the runs of the sweep", run: () => focusFilter() },
		...(pinnedIds.length > 0 ? [{ keys: "C", label: "Compare the pinned runs", run: compare }] : []),
	]);
	useEffect(() => {
		if (detail)
			pinBest(
				id,
				detail.trials.filter(isScored).map(({ runId }) => runId),
			);
	}, [id, detail]);
	const view = useMemo(() => {
		if (detail === null) return null;
		const axes = parallelAxes(detail.summary, detail.trials);
		const values = new Map(detail.trials.map((trial) => [trial.runId, axisValues(detail.summary, trial)]));
		return { axes, values };
	}, [detail]);
	if (error !== null)
		return (
			<EmptyState
				title="This sweep cannot be shown"
				action={<ButtonLink href={`#${routes.sweeps()}`}>All sweeps</ButtonLink>}
			>
				<ErrorNote error={error} />
			</EmptyState>
		);
	if (detail === null || view === null) return <LoadingLine active label="Opening the sweep" />;
	const { summary, trials } = detail;
	const brushed = brushing(view.axes, [...view.values.values()], brushes);
	const kept = trials.filter(({ runId }) => brushed.kept(view.values.get(runId) ?? {}));
	const open = (runId: string) => goTo(routes.run(runId));
	return (
		<>
			<SweepHeader detail={detail} pinned={pinnedIds.map(([runId]) => runId)} onCompare={compare} />
			<SweepProgress detail={detail} />
			<SweepBanner detail={detail} />
			{trials.length > 0 && (
				<div className={styles.panels}>
					<SweepParallel
						{...{ summary, trials, pins, brushes, open }}
						axes={view.axes}
						values={view.values}
						labels={brushed.labels}
						kept={kept.length}
						onBrushes={setBrushes}
						onHover={setHovered}
					/>
					<SweepHeatmap {...{ summary, trials, open }} />
					<Leaderboard
						{...{ summary, pins, hovered, open }}
						trials={kept}
						ranked={trials}
						onClearBrushes={() => setBrushes({})}
					/>
					<SweepImportance detail={detail} />
				</div>
			)}
		</>
	);
}
