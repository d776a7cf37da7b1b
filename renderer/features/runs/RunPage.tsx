import { useRef, useState } from "react";
import { useParams } from "wouter";
import { runColor, slotColor } from "../../app/colors.ts";
import { useObjectName } from "../../app/crumb.ts";
import { routes } from "../../app/navigation.ts";
import { isBusy, useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { PHASE_WORDS } from "../../app/words.ts";
import type { ValueStripHandle, XAxis } from "../../charts/index.ts";
import { ButtonLink, EmptyState, ErrorNote, format, LoadingLine } from "../../ui/index.ts";
import { control } from "./control.ts";
import { RunBanner } from "./RunBanner.tsx";
import { RunCharts } from "./RunCharts.tsx";
import { RunHeader } from "./RunHeader.tsx";
import { RunLog } from "./RunLog.tsx";
import styles from "./RunPage.module.css";
import { RunProgress, type RunView } from "./RunProgress.tsx";
import { type Picked, RunSamples } from "./RunSamples.tsx";
import { RunSettings } from "./RunSettings.tsx";
import { SampleStrip } from "./SampleStrip.tsx";
import { useRunLive } from "./useRunLive.ts";

export default function RunPage() {
	const { id = "" } = useParams<{ id: string }>();
	const runId = decodeURIComponent(id);
	return <Run key={runId} id={runId} />;
}

function Run({ id }: { id: string }) {
	const live = useRunLive(id);
	const { detail, summary, series, evaluatedStep, logVersion, loading, error } = live;
	const runs = useStudio((state) => state.runs);
	const [view, setView] = useState<RunView>("overview");
	const [x, setX] = useState<XAxis>("step");
	const [smooth, setSmooth] = useState(true);
	const [picked, setPicked] = useState<Picked | null>(null);
	const strip = useRef<ValueStripHandle>(null);
	useObjectName(summary?.name ?? null);
	useShortcuts([
		{ keys: "S", label: smooth ? "Show raw curves" : "Smooth the curves", run: () => setSmooth(!smooth) },
		{ keys: "[", label: "Previous fall of V", run: () => strip.current?.previousFall() },
		{ keys: "]", label: "Next fall of V", run: () => strip.current?.nextFall() },
		...(summary && summary.state === "running"
			? [{ keys: "P", label: "Pause the run", run: () => control(id, "pause") }]
			: []),
		...(summary && summary.state === "paused"
			? [{ keys: "P", label: "Go on with the run", run: () => control(id, "continue") }]
			: []),
	]);
	if (error !== null)
		return (
			<EmptyState
				title="This run cannot be shown"
				action={<ButtonLink href={`#${routes.runs()}`}>All runs</ButtonLink>}
			>
				<ErrorNote error={error} />
			</EmptyState>
		);
	if (summary === null || detail === null) return <LoadingLine active label="Opening the run" />;
	const { config } = detail;
	const color = runs?.some((run) => run.id === id) ? runColor(runs, id) : slotColor(0);
	return (
		<>
			<RunHeader summary={summary} config={config} color={color} dir={detail.dir} />
			<RunProgress
				summary={summary}
				phaseSecondsLeft={live.phaseSecondsLeft}
				config={config}
				x={x}
				onX={setX}
				smooth={smooth}
				onSmooth={setSmooth}
				view={view}
				onView={setView}
			/>
			<RunBanner summary={summary} config={config} />
			<LoadingLine active={loading} label="Reading the curves" />
			{view === "log" && <RunLog runId={id} version={logVersion} />}
			{view === "settings" && config && <RunSettings config={config} dir={detail.dir} />}
			{(view === "overview" || view === "all") && config && (
				<div className={styles.body}>
					<RunCharts
						config={config}
						summary={summary}
						series={series}
						color={color}
						x={x}
						smooth={smooth}
						live={isBusy(summary)}
						all={view === "all"}
						waiting={waitingFor(summary)}
					/>
					<div className={styles.lower}>
						<RunSamples runId={id} evaluatedStep={evaluatedStep} picked={picked} onPick={setPicked} />
						<SampleStrip
							runId={id}
							picked={picked}
							template={config.template}
							task={config.task}
							maxNewTokens={config.maxResponseTokens}
							ref={strip}
						/>
					</div>
				</div>
			)}
			{config === null && (
				<ErrorNote error={summary.failure ?? new Error("run.json of this run cannot be read.")} />
			)}
		</>
	);
}

/** What is computed before the first step, for the empty charts. */
function waitingFor({
	state,
	phase,
	phaseProgress,
	step,
}: NonNullable<ReturnType<typeof useRunLive>["summary"]>): string | null {
	if (step > 0) return null;
	if (state === "queued") return "Waiting for its turn";
	if (state === "waiting-for-gpu") return "Waiting for a free GPU";
	if (state !== "running" && state !== "starting") return null;
	if (phase === null || phase === "train") return "Starting";
	return phaseProgress === null
		? PHASE_WORDS[phase]
		: `${PHASE_WORDS[phase]}, ${format.percent(phaseProgress, 0)}`;
}
