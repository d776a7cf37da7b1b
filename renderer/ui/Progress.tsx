import type { CSSProperties } from "react";
import { cx } from "./cx.ts";
import styles from "./Progress.module.css";

/** How far something has come: accent while it runs, grey while paused, ember where it failed, teal when done. */
export function ProgressBar({
	label,
	value,
	max,
	marks = [],
	state = "running",
	valueText,
}: {
	label: string;
	/** Left out while it is not yet known: the bar stays empty. */
	value?: number | undefined;
	max: number;
	/** Where one part ends and the next begins, such as epochs, in the unit of `max`. */
	marks?: readonly number[];
	state?: "running" | "paused" | "failed" | "done";
	/** For screen readers, as in "step 1,312 of 2,919". */
	valueText?: string | undefined;
}) {
	const share = value === undefined || max <= 0 ? 0 : Math.max(0, Math.min(1, value / max));
	return (
		<div
			role="progressbar"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={max}
			aria-valuenow={value}
			aria-valuetext={valueText}
			className={styles.progress}
			data-state={state}
		>
			<i style={{ width: `${share * 100}%` }} />
			{marks.map((mark) => (
				<b key={mark} style={{ left: `${(mark / max) * 100}%` }} />
			))}
		</div>
	);
}

export interface MeterPart {
	label: string;
	value: number;
	/** As in `var(--run-1)`. */
	color: string;
}

/** An amount of a known whole, in one colour or in parts; what is over the whole shows in ember past a rule. */
export function Meter({
	label,
	max,
	value,
	parts,
	tone = "accent",
	height = 4,
	valueText,
}: {
	label: string;
	max: number;
	value?: number;
	/** In place of `value`. */
	parts?: readonly MeterPart[];
	tone?: "accent" | "good" | "bad" | "warn" | "neutral";
	height?: 4 | 6 | 10;
	valueText?: string | undefined;
}) {
	const total = parts ? parts.reduce((sum, part) => sum + part.value, 0) : (value ?? 0);
	const scale = Math.max(total, max, Number.MIN_VALUE);
	const over = total > max;
	const width = (amount: number): CSSProperties => ({ width: `${(amount / scale) * 100}%` });
	return (
		// biome-ignore lint/a11y/useSemanticElements: the element shows one value in the browser's own colours, and no parts
		<div
			role="meter"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={Math.max(max, total)}
			aria-valuenow={total}
			aria-valuetext={valueText}
			className={styles.meter}
			style={{ height }}
		>
			<div className={cx(styles.fill, parts && styles.parts)}>
				{parts ? (
					parts.map((part) => (
						<i key={part.label} title={part.label} style={{ ...width(part.value), background: part.color }} />
					))
				) : (
					<i data-tone={tone} style={width(total)} />
				)}
			</div>
			{over && <span className={styles.over} style={{ left: `${(max / scale) * 100}%` }} />}
		</div>
	);
}

/** A thin line that moves while something loads; what was there stays in place, and the line's room is kept. */
export function LoadingLine({ active, label }: { active: boolean; label: string }) {
	return (
		<div className={styles.loading} role="status" aria-label={active ? label : undefined}>
			{active && <i />}
		</div>
	);
}
