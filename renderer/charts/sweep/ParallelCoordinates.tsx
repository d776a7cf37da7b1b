import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { heatColor } from "../data/ramps.ts";
import {
	type AxisLayout,
	type AxisValue,
	type Brushes,
	inBrushes,
	layoutAxis,
	type ParallelAxis,
} from "./axis.ts";
import styles from "./sweep.module.css";

export interface ParallelRun {
	key: string;
	label: string;
	values: Readonly<Record<string, AxisValue>>;
	/** Pinned runs keep their colour; the others take the heat ramp by the last axis. */
	color?: string;
	/** Stopped early: dashed. */
	stopped?: boolean;
	/** No result yet: faint, so that the axes already have the room that its values need. */
	pending?: boolean;
}

export interface ParallelCoordinatesProps {
	axes: readonly ParallelAxis[];
	runs: readonly ParallelRun[];
	brushes: Brushes;
	onBrushes: (brushes: Brushes) => void;
	onOpen?: (key: string) => void;
	/** The run under the pointer, to be lit elsewhere too. */
	onHover?: (key: string | null) => void;
}

const width = 1_000;
const height = 100;

/** Settings and results of all runs. Drag along an axis to keep runs; a focused axis does the same with the arrow keys. */
export function ParallelCoordinates(props: ParallelCoordinatesProps) {
	const { axes, runs, brushes, onBrushes, onOpen, onHover } = props;
	const [hover, setHover] = useState<string | null>(null);
	const layouts = useMemo(
		() =>
			Object.fromEntries(
				axes.map((a) => [
					a.key,
					layoutAxis(
						a.scale,
						runs.map((r) => r.values[a.key] ?? null),
					),
				]),
			),
		[axes, runs],
	);
	const x = (i: number) => (axes.length < 2 ? 0 : (i / (axes.length - 1)) * width);
	const last = axes.at(-1);
	const goodness = ({ values }: ParallelRun) => {
		const at = (last && layouts[last.key]?.at(values[last.key] ?? null)) ?? null;
		return at === null ? 0 : last?.lowerIsBetter ? 1 - at : at;
	};
	const ordered = useMemo(
		() => runs.toSorted((a, b) => Number(Boolean(a.color)) - Number(Boolean(b.color))),
		[runs],
	);
	const light = (key: string | null) => {
		setHover(key);
		onHover?.(key);
	};
	const setBrush = (key: string, range: readonly [number, number] | null) => {
		const { [key]: _, ...others } = brushes;
		onBrushes(range ? { ...others, [key]: range } : others);
	};
	return (
		<div className={styles.parallel}>
			<svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
				{ordered.map((run) => {
					const kept = inBrushes(run.values, layouts, brushes);
					const lit = run.key === hover;
					const d = curve(
						axes.map((a, i) => ({ x: x(i), t: layouts[a.key]?.at(run.values[a.key] ?? null) ?? null })),
					);
					return (
						<g key={run.key} opacity={opacity(run, kept, lit)}>
							<path
								d={d}
								className={styles.run}
								style={{
									stroke: lit ? "var(--text)" : (run.color ?? heatColor(0.25 + 0.75 * goodness(run))),
								}}
								strokeWidth={run.color || lit ? 2 : 1.25}
								strokeDasharray={run.stopped ? "4 3" : undefined}
							/>
							{/* biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the leaderboard opens runs by keyboard. */}
							<path
								d={d}
								className={styles.hit}
								onPointerEnter={() => light(run.key)}
								onPointerLeave={() => light(null)}
								onClick={() => onOpen?.(run.key)}
							>
								<title>{run.label}</title>
							</path>
						</g>
					);
				})}
			</svg>
			{axes.map((axis, i) => (
				<AxisControl
					key={axis.key}
					axis={axis}
					left={x(i) / width}
					layout={layouts[axis.key] as AxisLayout}
					brush={brushes[axis.key] ?? null}
					onBrush={(range) => setBrush(axis.key, range)}
				/>
			))}
		</div>
	);
}

function opacity(run: ParallelRun, kept: boolean, lit: boolean): number {
	if (lit) return 1;
	if (!kept) return 0.12;
	return run.pending ? 0.3 : run.color ? 1 : 0.7;
}

/** A smooth path through the known points; unknown ones break it. */
function curve(points: readonly { x: number; t: number | null }[]): string {
	let d = "";
	let before: { x: number; y: number } | null = null;
	for (const { x, t } of points) {
		if (t === null) {
			before = null;
			continue;
		}
		const y = height * (1 - t);
		const bend: number = before ? (x - before.x) * 0.38 : 0;
		d += before ? `C${before.x + bend} ${before.y} ${x - bend} ${y} ${x} ${y}` : `M${x} ${y}`;
		before = { x, y };
	}
	return d;
}

interface AxisControlProps {
	axis: ParallelAxis;
	left: number;
	layout: AxisLayout;
	brush: readonly [number, number] | null;
	onBrush: (range: readonly [number, number] | null) => void;
}

function AxisControl({ axis, left, layout, brush, onBrush }: AxisControlProps) {
	const start = useRef<number | null>(null);
	const at = (event: PointerEvent<HTMLElement>) => {
		const box = event.currentTarget.getBoundingClientRect();
		return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const step = event.key === "ArrowUp" ? 0.05 : event.key === "ArrowDown" ? -0.05 : 0;
		if (event.key === "Escape" && brush) onBrush(null);
		else if (step) {
			const [low, high] = brush ?? [0, 1];
			// Arrows raise or lower the lower end, with Shift the upper one.
			if (event.shiftKey) onBrush([low, Math.min(1, Math.max(low, high + step))]);
			else onBrush([Math.max(0, Math.min(high, low + step)), high]);
		} else return;
		event.preventDefault();
		event.stopPropagation();
	};
	const range = brush
		? `${Math.round(brush[0] * 100)} to ${Math.round(brush[1] * 100)} % of the axis kept`
		: "all kept";
	return (
		<div className={styles.axis} style={{ left: `${left * 100}%` }}>
			<span
				className={styles.axisName}
				data-end={left === 1 || undefined}
				data-start={left === 0 || undefined}
			>
				{axis.label}
			</span>
			<div
				className={styles.axisLine}
				role="slider"
				tabIndex={0}
				aria-label={`${axis.label}: keep runs`}
				aria-orientation="vertical"
				aria-valuemin={0}
				aria-valuemax={100}
				aria-valuenow={Math.round((brush?.[0] ?? 0) * 100)}
				aria-valuetext={range}
				title="Drag to keep runs; arrows move the lower end, Shift and arrows the upper, Escape clears"
				onKeyDown={onKeyDown}
				onDoubleClick={() => onBrush(null)}
				onPointerDown={(event) => {
					start.current = at(event);
					event.currentTarget.setPointerCapture(event.pointerId);
				}}
				onPointerMove={(event) => {
					if (start.current === null) return;
					const now = at(event);
					if (Math.abs(now - start.current) > 0.02)
						onBrush([Math.min(start.current, now), Math.max(start.current, now)]);
				}}
				onPointerUp={() => {
					start.current = null;
				}}
			>
				{brush && <i style={{ bottom: `${brush[0] * 100}%`, height: `${(brush[1] - brush[0]) * 100}%` }} />}
			</div>
			{layout.ticks.map((tick) => (
				<span
					key={tick.label}
					className={styles.axisTick}
					data-start={left === 0 || undefined}
					style={{ top: `${(1 - tick.at) * 100}%` }}
				>
					{tick.label}
				</span>
			))}
		</div>
	);
}
