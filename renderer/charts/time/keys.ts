import { type KeyboardEvent, useSyncExternalStore } from "react";
import type { ChartGroupState } from "./group.ts";
import type { PlotModel } from "./model.ts";
import type { Plot } from "./plot.ts";
import { intervalText, keyboardLine, placeName, readingsAt } from "./readout.ts";

/** Keyboard of a focused chart: arrows move the crosshair along the first line, Shift by 10; + - 0 zoom; Escape hides. */
export function useChartKeys(id: string, group: ChartGroupState, plot: Plot | null, model: PlotModel) {
	const cursor = useSyncExternalStore(group.subscribeCursor, () =>
		group.cursor?.source === id ? group.cursor : null,
	);
	const line = keyboardLine(model);
	const x = line?.data.x(model.x);
	const length = line?.data.length ?? 0;

	const indexNow = () => (cursor && x ? x.nearest(cursor.x) : -1);
	const moveTo = (i: number) => {
		if (!x || length === 0) return;
		const at = x.at(Math.min(length - 1, Math.max(0, i)));
		// A zoomed view follows a crosshair that walks out of it.
		const shown = plot?.shown;
		if (group.zoom && shown && (at < shown.min || at > shown.max)) {
			const half = (shown.max - shown.min) / 2;
			group.setZoom([at - half, at + half]);
		}
		group.setCursor({ x: at, source: id });
	};
	const zoomBy = (factor: number) => {
		if (!plot) return;
		const { min, max } = plot.shown;
		const middle = cursor && cursor.x >= min && cursor.x <= max ? cursor.x : (min + max) / 2;
		const half = ((max - min) / 2) * factor;
		const all = x ? { min: Math.min(0, x.at(0)), max: x.at(length - 1) } : { min, max };
		if (factor > 1 && middle - half <= all.min && middle + half >= all.max) group.setZoom(null);
		else group.setZoom([Math.max(all.min, middle - half), middle + half]);
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const by = event.shiftKey ? 10 : 1;
		const now = indexNow();
		const actions: Record<string, () => void> = {
			ArrowLeft: () => moveTo(now < 0 ? length - 1 : now - by),
			ArrowRight: () => moveTo(now < 0 ? length - 1 : now + by),
			Home: () => moveTo(0),
			End: () => moveTo(length - 1),
			"+": () => zoomBy(0.5),
			"=": () => zoomBy(0.5),
			"-": () => zoomBy(2),
			"0": () => group.setZoom(null),
			Escape: () => group.setCursor(null),
		};
		const action = actions[event.key];
		if (!action || (event.key === "Escape" && !cursor)) return;
		event.preventDefault();
		event.stopPropagation();
		action();
	};

	const readings = cursor ? readingsAt(model, cursor.x, 0).reverse() : [];
	const first = readings[0];
	const text = first
		? `${placeName(model.x, first)}: ${readings
				.slice(0, 8)
				.map((r) =>
					`${readings.length > 1 ? `${r.label} ` : ""}${model.format(r.value)} ${intervalText(r, model.format)}`.trim(),
				)
				.join(", ")}`
		: "no step chosen";
	return {
		onKeyDown,
		onBlur: () => {
			if (group.cursor?.source === id) group.setCursor(null);
		},
		zoomIn: () => zoomBy(0.5),
		zoomOut: () => zoomBy(2),
		min: 0,
		max: Math.max(0, length - 1),
		now: Math.max(0, indexNow()),
		text,
	};
}
