import type { RunDetail, RunSummary } from "../../../core/contract/api-runs.ts";
import { PHASE_WORDS } from "../../app/words.ts";
import type { XAxis } from "../../charts/index.ts";
import { Chip, format, ProgressBar, Segmented, Select } from "../../ui/index.ts";
import styles from "./RunPage.module.css";
import { useActiveSeconds } from "./useActiveSeconds.ts";

const BAR = {
	failed: "failed",
	interrupted: "failed",
	unreadable: "failed",
	paused: "paused",
	completed: "done",
} as const;
/** Steps after which the time left means something. */
const MEASURED_STEPS = 20;

interface Props {
	summary: RunSummary;
	/** Of a phase that is not counted in steps; null unless it is known. */
	phaseSecondsLeft: number | null;
	config: RunDetail["config"];
	x: XAxis;
	onX: (x: XAxis) => void;
	smooth: boolean;
	onSmooth: (smooth: boolean) => void;
	view: RunView;
	onView: (view: RunView) => void;
}

/** What fills the screen below the progress. */
export type RunView = "overview" | "all" | "log" | "settings";
const VIEWS: readonly { value: RunView; label: string }[] = [
	{ value: "overview", label: "Overview" },
	{ value: "all", label: "All charts" },
	{ value: "log", label: "Log" },
	{ value: "settings", label: "Configuration" },
];

/** How far the run is, and what it takes. */
export function RunProgress({
	summary,
	phaseSecondsLeft,
	config,
	x,
	onX,
	smooth,
	onSmooth,
	view,
	onView,
}: Props) {
	const { state, phase, phaseProgress, step, totalSteps, secondsLeft } = summary;
	const atWork = state === "running" || state === "starting" || state === "stopping";
	const activeSeconds = useActiveSeconds(summary);
	const counting = step > 0 && phaseProgress === null;
	const bar = state in BAR ? BAR[state as keyof typeof BAR] : "running";
	return (
		<div className={styles.head}>
			<ProgressBar
				label="Training"
				value={counting ? step : (phaseProgress ?? 0) * (totalSteps ?? 1)}
				max={totalSteps ?? 1}
				marks={epochMarks(summary, config)}
				state={bar}
				valueText={`step ${format.count(step)} of ${format.count(totalSteps)}`}
			/>
			<div className={styles.figures}>
				{atWork && phase && phase !== "train" && (
					<span>
						{PHASE_WORDS[phase]}
						{phaseProgress !== null && `, ${format.percent(phaseProgress, 0)}`}
						{phaseSecondsLeft !== null && `, ${format.duration(1000 * phaseSecondsLeft)} left`}
					</span>
				)}
				<span>
					Step <b>{format.count(step)}</b> of {format.count(totalSteps)}
				</span>
				{config && (
					<span>
						Epoch <b>{format.fixed(summary.epoch, 1)}</b> of {format.number(config.epochs)}
					</span>
				)}
				<span>
					<b>{format.duration(1000 * activeSeconds)}</b> so far
				</span>
				{atWork &&
					(secondsLeft === null || step < Math.min(MEASURED_STEPS, (totalSteps ?? MEASURED_STEPS) / 4) ? (
						<span>measuring the time left</span>
					) : (
						<span>
							<b>{format.duration(1000 * secondsLeft)}</b> left, done{" "}
							{format.clock(Date.now() + 1000 * secondsLeft)}
						</span>
					))}
				{summary.secondsPerStep !== null && (
					<span>
						<b>{format.number(summary.secondsPerStep, 3)} s</b>/step
					</span>
				)}
				{summary.tokensPerSecond !== null && (
					<span>
						<b>{format.count(summary.tokensPerSecond)}</b> tokens/s
					</span>
				)}
				<span className={styles.figuresEnd}>
					<Select small label="View" value={view} onChange={onView} options={VIEWS} />
					<Chip pressed={smooth} onClick={() => onSmooth(!smooth)}>
						Smoothing 0.92
					</Chip>
					<Segmented
						label="Horizontal axis"
						value={x}
						onChange={onX}
						options={[
							{ value: "step", label: "Step" },
							{ value: "time", label: "Time" },
							{ value: "epoch", label: "Epoch" },
						]}
					/>
				</span>
			</div>
		</div>
	);
}

/** Steps at which an epoch ends; the value warm-up counts as one that comes before. */
function epochMarks({ totalSteps, step, epoch }: RunSummary, config: RunDetail["config"]): number[] {
	if (totalSteps === null || config === null || epoch <= 0 || step <= 0) return [];
	const warmup = config.valueWarmupEpochs;
	const perEpoch = (totalSteps / (config.epochs + warmup)) | 0;
	if (perEpoch <= 0) return [];
	const marks: number[] = [];
	for (let at = perEpoch; at < totalSteps; at += perEpoch) marks.push(at);
	return marks;
}
