import { useEffect, useRef, useState } from "react";
import type { Draft } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { Button, ErrorNote, format, ProgressBar } from "../../ui/index.ts";
import { useTrain } from "./store.ts";
import styles from "./Train.module.css";

/** Loading the model and one step, before anything was measured. */
const GUESS_MS = 20_000;

/** Trains one step, throws it away, and puts what was measured in the place of what was estimated. */
export function DryRun({ draft, onProblem }: { draft: Draft | null; onProblem: () => void }) {
	const plan = useTrain((state) => state.plan);
	const [since, setSince] = useState<number | null>(null);
	const [now, setNow] = useState(0);
	const [result, setResult] = useState<string | null>(null);
	const [error, setError] = useState<unknown>(null);
	const asked = useRef<string | null>(null);
	const expected =
		plan?.secondsPerRun != null && plan.stepsPerRun > 0
			? (plan.secondsPerRun / plan.stepsPerRun) * 1000 + 5000
			: GUESS_MS;

	useEffect(() => {
		if (since === null) return;
		const timer = setInterval(() => setNow(Date.now()), 500);
		return () => clearInterval(timer);
	}, [since]);

	const cancel = () => {
		const requestId = asked.current;
		asked.current = null;
		// One that has just ended has nothing to cancel.
		if (requestId !== null) call("runs.cancelDryRun", { requestId }).catch(() => {});
	};
	// biome-ignore lint/correctness/useExhaustiveDependencies: leaving the screen is what ends it.
	useEffect(() => cancel, []);

	const run = async () => {
		if (draft === null || Object.keys(useTrain.getState().found).length > 0) return onProblem();
		const requestId = crypto.randomUUID();
		asked.current = requestId;
		setSince(Date.now());
		setNow(Date.now());
		setError(null);
		setResult(null);
		try {
			const measured = await call("runs.dryRun", { requestId, draft });
			if (requestId !== asked.current) return;
			useTrain.setState({ plan: measured.plan });
			setResult(
				`Measured: ${format.duration(measured.secondsPerStep * 1000)} a step, ${format.bytes(measured.peakBytes)} at its peak.`,
			);
		} catch (thrown) {
			if (requestId === asked.current) setError(thrown);
		}
		if (requestId === asked.current) {
			asked.current = null;
			setSince(null);
		}
	};
	if (since === null)
		return (
			<>
				<Button size="lg" fill onClick={() => void run()}>
					{`Dry run: one step, ${format.duration(expected)}`}
				</Button>
				{result && (
					<p className={styles.measured} role="status">
						{result}
					</p>
				)}
				{error !== null && <ErrorNote error={error} />}
			</>
		);
	const elapsed = now - since;
	const left = expected - elapsed;
	return (
		<div className={styles.dryRun}>
			<ProgressBar label="Dry run" value={Math.min(elapsed, expected * 0.97)} max={expected} />
			<span>
				{left > 0
					? `Training one step, about ${format.duration(left)} left`
					: `Training one step, ${format.duration(elapsed)} so far`}
			</span>
			<Button
				size="sm"
				variant="quiet"
				onClick={() => {
					cancel();
					setSince(null);
				}}
			>
				Cancel
			</Button>
		</div>
	);
}
