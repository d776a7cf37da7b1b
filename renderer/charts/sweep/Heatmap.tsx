import type { KeyboardEvent } from "react";
import { Fragment, useRef, useState } from "react";
import { heatColor, heatInk } from "../data/ramps.ts";
import styles from "./sweep.module.css";

export type CellState = "done" | "waiting" | "running" | "stopped" | "failed";

export interface HeatCell {
	state: CellState;
	/** Null while there is no result. */
	value: number | null;
	/** Ringed: the best, or the chosen run. */
	selected?: boolean;
}

export interface HeatmapProps {
	label: string;
	/** Names of the axes: `β`, `learning rate`. */
	columnLabel: string;
	/** Null where one setting alone varies. */
	rowLabel: string | null;
	columns: readonly string[];
	rows: readonly string[];
	/** Null where no run was planned. */
	cell: (row: number, column: number) => HeatCell | null;
	format: (value: number) => string;
	unit?: string;
	/** Brighter is better: a loss takes the ramp the other way round. */
	lowerIsBetter?: boolean;
	onOpen?: (row: number, column: number) => void;
}

/** A metric over two settings. A grid with one tab stop: arrows move, Enter opens. */
export function Heatmap(props: HeatmapProps) {
	const { label, columns, rows, cell, format, unit = "", lowerIsBetter = false, onOpen } = props;
	const [at, setAt] = useState<readonly [number, number]>([0, 0]);
	const grid = useRef<HTMLDivElement>(null);
	const values = rows
		.flatMap((_, r) => columns.map((_, c) => cell(r, c)?.value ?? Number.NaN))
		.filter(Number.isFinite);
	const sides = `columns ${props.columnLabel}${props.rowLabel === null ? "" : `, rows ${props.rowLabel}`}`;
	const ends = [Math.min(...values), Math.max(...values)];
	const [worst = 0, best = 0] = lowerIsBetter ? ends.toReversed() : ends;
	const t = (v: number) => (best === worst ? 0.5 : (v - worst) / (best - worst));

	const onKeyDown = (event: KeyboardEvent) => {
		const moves: Record<string, readonly [number, number]> = {
			ArrowUp: [-1, 0],
			ArrowDown: [1, 0],
			ArrowLeft: [0, -1],
			ArrowRight: [0, 1],
		};
		const move = moves[event.key];
		if (!move) return;
		event.preventDefault();
		const r = Math.min(rows.length - 1, Math.max(0, at[0] + move[0]));
		const c = Math.min(columns.length - 1, Math.max(0, at[1] + move[1]));
		setAt([r, c]);
		grid.current?.querySelector<HTMLElement>(`[data-at="${r} ${c}"]`)?.focus();
	};

	return (
		<div className={styles.heatmap}>
			{/* biome-ignore lint/a11y/useSemanticElements: a table's rows cannot share the grid's even heights. */}
			<div
				ref={grid}
				className={styles.cells}
				role="group"
				aria-label={`${label}; ${sides}; arrow keys move`}
				style={{
					gridTemplateColumns: `auto repeat(${columns.length}, minmax(0, 1fr))`,
					gridTemplateRows: `18px repeat(${rows.length}, minmax(24px, 1fr))`,
				}}
				onKeyDown={onKeyDown}
			>
				<span />
				{columns.map((name) => (
					<span key={name} className={styles.columnName}>
						{name}
					</span>
				))}
				{rows.map((rowName, r) => (
					<Fragment key={rowName}>
						<span className={styles.rowName}>{rowName}</span>
						{columns.map((columnName, c) => {
							const it = cell(r, c);
							const heat = it?.value == null ? null : t(it.value);
							const state = it?.state ?? "none";
							const said = it?.value == null ? "" : `${format(it.value)} ${unit}`.trim();
							return (
								<button
									key={columnName}
									type="button"
									data-at={`${r} ${c}`}
									data-state={state}
									data-selected={it?.selected || undefined}
									className={styles.cell}
									tabIndex={r === at[0] && c === at[1] ? 0 : -1}
									aria-label={[
										`${props.columnLabel} ${columnName}`,
										props.rowLabel === null ? "" : `${props.rowLabel} ${rowName}`,
										said,
										state === "done" ? "" : state === "none" ? "no run" : state,
									]
										.filter(Boolean)
										.join(", ")}
									style={heat === null ? undefined : { background: heatColor(heat), color: heatInk(heat) }}
									onFocus={() => setAt([r, c])}
									onClick={() => it && onOpen?.(r, c)}
								>
									{it?.value == null ? "" : format(it.value)}
									{state !== "done" && state !== "none" && <small>{state}</small>}
								</button>
							);
						})}
					</Fragment>
				))}
			</div>
			<div className={styles.legend} aria-hidden="true">
				<span>{sides}</span>
				{values.length > 0 && (
					<span className={styles.scale}>
						{format(worst)} {unit}
						<i />
						{format(best)} {unit}
						{lowerIsBetter && " (lower is better)"}
					</span>
				)}
			</div>
		</div>
	);
}
