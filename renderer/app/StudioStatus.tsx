import { QueueButton } from "../features/queue/QueueButton.tsx";
import { format, StatusBar, StatusDot } from "../ui/index.ts";
import { goTo, routes } from "./navigation.ts";
import styles from "./StudioStatus.module.css";
import { currentRun, useStudio } from "./store.ts";
import { PHASE_WORDS, STATE_WORDS } from "./words.ts";

/** The foot of the window: what is at work, how far it is, what waits. */
export function StudioStatus() {
	const runs = useStudio((state) => state.runs);
	const queue = useStudio((state) => state.queue);
	const connected = useStudio((state) => state.connected);
	const refused = useStudio((state) => state.refused);
	const version = useStudio((state) => state.info?.version);
	const sweep = useStudio((state) => state.sweeps?.find(({ state }) => state === "running"));
	const run = currentRun(runs);
	const waiting = queue?.items.filter(({ state }) => state === "waiting").length ?? 0;
	const working = queue?.items.find(({ state }) => state === "working");
	const end = (
		<>
			{(waiting > 0 || queue?.paused) && <QueueButton small />}
			{run?.lastSavedAt != null && (
				<span>
					Saved <b>{format.ago(run.lastSavedAt)}</b>
				</span>
			)}
			{version && <span>{version}</span>}
		</>
	);
	if (!connected)
		return (
			<StatusBar end={end}>
				<StatusDot tone="warn" label="Not connected" />
				<span>
					{refused
						? "This browser needs a new link: press Enter in the terminal of dqo serve and open what it prints."
						: "Connection lost, trying again. What trains goes on."}
				</span>
			</StatusBar>
		);
	if (run === null && sweep)
		return (
			<StatusBar end={end}>
				<StatusDot live tone="good" label="Training" />
				<button type="button" className={styles.run} onClick={() => goTo(routes.sweep(sweep.id))}>
					<b>Training</b> {sweep.name}
				</button>
				<span>
					Run <b>{format.count(Math.min(sweep.total, sweep.total - sweep.waiting))}</b> of{" "}
					{format.count(sweep.total)}
				</span>
				<span>
					Step <b>{format.count(sweep.stepsDone)}</b> of {format.count(sweep.stepsTotal)}
				</span>
				{sweep.secondsLeft !== null && (
					<span>
						<b>{format.duration(sweep.secondsLeft * 1000)}</b> left
					</span>
				)}
			</StatusBar>
		);
	if (run === null)
		return (
			<StatusBar end={end}>
				<StatusDot tone="neutral" label="Idle" />
				<span>{working ? working.name : "Nothing is training"}</span>
				{working?.secondsLeft != null && (
					<span>
						<b>{format.duration(working.secondsLeft * 1000)}</b> left
					</span>
				)}
			</StatusBar>
		);
	const state = STATE_WORDS[run.state];
	const busyElsewhere = run.state === "running" && run.phase !== null && run.phase !== "train";
	return (
		<StatusBar end={end}>
			<StatusDot live={run.state === "running"} tone={state.tone} label={state.label} />
			<button type="button" className={styles.run} onClick={() => goTo(routes.run(run.id))}>
				<b>{state.label}</b> {run.name}
			</button>
			{busyElsewhere && run.phase && <span>{PHASE_WORDS[run.phase]}</span>}
			{run.totalSteps !== null && (
				<span>
					Step <b>{format.count(run.step)}</b> of {format.count(run.totalSteps)}
				</span>
			)}
			{run.secondsLeft !== null && (
				<span>
					<b>{format.duration(run.secondsLeft * 1000)}</b> left
				</span>
			)}
			{run.state === "running" && run.tokensPerSecond !== null && (
				<span>
					<b>{format.count(run.tokensPerSecond)}</b> tokens/s
				</span>
			)}
		</StatusBar>
	);
}
