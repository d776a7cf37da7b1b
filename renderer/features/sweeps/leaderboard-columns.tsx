import type { SweepSummary, SweepTrial } from "../../../core/contract/api-sweeps.ts";
import { slotColor } from "../../app/colors.ts";
import { heatColor } from "../../charts/index.ts";
import { type Column, format, StatusDot } from "../../ui/index.ts";
import { fieldName, valueText } from "../shared/field-names.ts";
import type { Pins } from "./pins.ts";
import styles from "./SweepPage.module.css";
import { isScored, SCORES, TRIAL_WORDS, trialName } from "./scores.ts";

/** Short names that the filter takes for a setting, such as `beta` for β. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { beta: ["β"], lambda: ["λ"] };
/** A bar at the worst score still has this much of its width. */
const LEAST_BAR = 0.12;

/** Columns of the leaderboard; `ranked` are all runs, best first. */
export function leaderboardColumns(
	{ axes, objective }: SweepSummary,
	ranked: readonly SweepTrial[],
	pins: Pins,
	onPin: (runId: string) => void,
): Column<SweepTrial>[] {
	const score = SCORES[objective];
	const rank = new Map(ranked.filter(isScored).map(({ runId }, i) => [runId, i + 1]));
	const scores = ranked.filter(isScored).map((trial) => trial.score);
	const [low, high] = [Math.min(...scores), Math.max(...scores)];
	/** 0 at the worst score and 1 at the best. */
	const good = (value: number) =>
		high === low ? 1 : score.higherIsBetter ? (value - low) / (high - low) : (high - value) / (high - low);
	return [
		{
			id: "rank",
			header: "#",
			align: "right",
			width: "36px",
			value: ({ runId }) => rank.get(runId) ?? null,
			cell: ({ runId }) => <span className="tone-3">{rank.get(runId) ?? "–"}</span>,
		},
		{
			id: "run",
			header: "Run",
			width: "66px",
			value: ({ trial }) => trialName(trial),
			cell: ({ runId, trial }) => (
				<span className={styles.run}>
					<PinButton slot={pins[runId]} name={trialName(trial)} onPin={() => onPin(runId)} />
					{trialName(trial)}
				</span>
			),
		},
		...axes.map(({ field }): Column<SweepTrial> => {
			const numbers = ranked.every(({ values }) => typeof values[field] === "number");
			return {
				id: field,
				header: fieldName(field),
				...(numbers ? { align: "right" as const } : {}),
				width: headerWidth(fieldName(field)),
				aliases: ALIASES[field] ?? [],
				value: ({ values }) => values[field] ?? null,
				cell: ({ values }) => valueText(values[field]),
			};
		}),
		{
			id: objective === "accuracy" ? "accuracy" : "loss",
			header: score.name,
			...(score.unit ? { unit: score.unit } : {}),
			align: "right",
			width: score.unit ? "112px" : "108px",
			value: ({ score: value }) => (value === null ? null : score.shown(value)),
			cell: ({ score: value, interval }) =>
				value === null ? (
					<span className="tone-3">n/a</span>
				) : (
					<>
						<b>{format.fixed(score.shown(value), score.decimals)}</b>
						{interval && (
							<span className="tone-3">
								{" "}
								{format.plusMinus(score.shown((interval[1] - interval[0]) / 2), score.decimals)}
							</span>
						)}
					</>
				),
		},
		{
			id: "bar",
			header: "",
			width: "84px",
			cell: ({ score: value }) => {
				const share = value === null ? 0 : good(value);
				return (
					<span className={styles.scoreBar} aria-hidden="true">
						{value !== null && (
							<i
								style={{
									width: `${100 * (LEAST_BAR + (1 - LEAST_BAR) * share)}%`,
									background: heatColor(0.25 + 0.75 * share),
								}}
							/>
						)}
					</span>
				);
			},
		},
		{
			id: "kl",
			header: "KL, nats",
			align: "right",
			width: "76px",
			value: ({ klEstimate }) => klEstimate,
			cell: ({ klEstimate }) => <span className="tone-2">{klText(klEstimate)}</span>,
		},
		{
			id: "steps",
			header: "Steps",
			align: "right",
			width: "66px",
			value: ({ step }) => step,
			cell: ({ step, totalSteps }) => (
				<span className="tone-2">
					{step === totalSteps ? format.count(step) : `${format.count(step)} / ${format.count(totalSteps)}`}
				</span>
			),
		},
		{
			id: "state",
			header: "State",
			width: "84px",
			value: ({ status }) => TRIAL_WORDS[status],
			cell: ({ status, error }) => (
				<span
					className={
						status === "failed"
							? "text-12 tone-bad"
							: status === "training"
								? "text-12 tone-good"
								: "text-12 tone-3"
					}
					title={error ?? undefined}
				>
					{TRIAL_WORDS[status]}
				</span>
			),
		},
	];
}

/** Room for a header beside its sort arrow; never less than for a short value. */
function headerWidth(header: string): string {
	return `${Math.max(52, Math.round(30 + 5.4 * header.length))}px`;
}

/** Two decimals as in the charts, more figures where those would be zero. */
function klText(kl: number | null): string {
	return kl !== null && Math.abs(kl) < 0.05 ? format.number(kl, 2) : format.fixed(kl, 2);
}

function PinButton({ slot, name, onPin }: { slot: number | undefined; name: string; onPin: () => void }) {
	return (
		<button
			type="button"
			tabIndex={-1}
			className={styles.pin}
			aria-pressed={slot !== undefined}
			aria-label={`Pin run ${name}`}
			title={slot === undefined ? "Pin (X)" : "Unpin (X)"}
			onClick={onPin}
		>
			{slot === undefined ? <StatusDot hollow /> : <StatusDot color={slotColor(slot)} />}
		</button>
	);
}
