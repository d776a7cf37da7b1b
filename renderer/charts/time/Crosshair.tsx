import { useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ChartGroupState } from "./group.ts";
import type { PlotModel } from "./model.ts";
import type { Plot } from "./plot.ts";
import { intervalText, placeName, type Reading, readingsAt } from "./readout.ts";
import styles from "./TimeChart.module.css";

interface CrosshairProps {
	id: string;
	plot: Plot;
	group: ChartGroupState;
	model: PlotModel;
	unit: string;
}

const maxRows = 8;

/** The crosshair that all charts of the group share, and, in the chart that leads it, the tooltip. */
export function Crosshair({ id, plot, group, model, unit }: CrosshairProps) {
	const cursor = useSyncExternalStore(group.subscribeCursor, () => group.cursor);
	if (!cursor) return null;
	const { area, shown } = plot;
	if (cursor.x < shown.min || cursor.x > shown.max) return null;
	const reach = (6 / area.width) * (shown.max - shown.min);
	const readings = readingsAt(model, cursor.x, reach);
	const at = plot.place(cursor.x, 0).left;
	return (
		<div className={styles.overlay} aria-hidden="true">
			<div className={styles.hair} style={{ left: Math.round(at), top: area.top, height: area.height }} />
			{readings.map((r) => {
				const y = Number.isFinite(r.smoothed) ? r.smoothed : r.value;
				const spot = plot.place(r.x, y);
				if (!Number.isFinite(spot.top) || spot.top < area.top - 2 || spot.top > area.top + area.height + 2)
					return null;
				return <i key={r.key} className={styles.spot} style={{ ...spot, borderColor: r.color }} />;
			})}
			{cursor.source === id && readings.length > 0 && (
				<Tip readings={readings} model={model} unit={unit} at={at} area={area} />
			)}
		</div>
	);
}

interface TipProps {
	readings: Reading[];
	model: PlotModel;
	unit: string;
	at: number;
	area: Plot["area"];
}

function Tip({ readings, model, unit, at, area }: TipProps) {
	const box = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(0);
	useLayoutEffect(() => {
		const measured = box.current?.offsetWidth ?? 0;
		if (measured !== width) setWidth(measured);
	});
	const right = at + 12 + width <= area.left + area.width + 12;
	const left = right ? at + 12 : Math.max(0, at - 12 - width);
	const first = readings.at(-1) as Reading;
	const rows = readings.slice(-maxRows).reverse();
	const mark = model.mark && model.mark.step === first.step ? `${model.mark.label}, ` : "";
	return (
		<div
			ref={box}
			className={styles.tip}
			style={{ left, top: area.top + 6, visibility: width ? "visible" : "hidden" }}
		>
			<div className={styles.tipPlace}>{mark + placeName(model.x, first)}</div>
			{rows.map((r) => (
				<div key={r.key} className={styles.tipRow}>
					{readings.length > 1 && <i className={styles.swatch} style={{ borderColor: r.color }} />}
					{readings.length > 1 && <span className={styles.tipName}>{r.label}</span>}
					<b>
						{model.format(r.value)}
						{unit === "%" ? " %" : ""}
					</b>
					<span>{intervalText(r, model.format)}</span>
					{Number.isFinite(r.smoothed) && <span>smoothed {model.format(r.smoothed)}</span>}
					{Number.isFinite(r.n) && <span>n {r.n.toLocaleString("en-US")}</span>}
				</div>
			))}
			{readings.length > maxRows && (
				<div className={styles.tipPlace}>and {readings.length - maxRows} more</div>
			)}
		</div>
	);
}
