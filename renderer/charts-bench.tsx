import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import "./styles/index.css";
import { ChartGroup, runColor, Series, TimeChart } from "./charts/index.ts";
import { useChartGroup } from "./charts/time/ChartGroup.tsx";

/**
 * The page of `npm run bench:ui`: one chart of 10 runs with 100,000 points each, raw and smoothed, to which points keep arriving. With
 * `#every-frame` the group's 4 redraws a second are lifted to one a frame, which shows what the drawing itself can do.
 */
const everyFrame = location.hash === "#every-frame";
const runs = Array.from({ length: 10 }, (_, i) => {
	const data = new Series();
	for (let step = 1; step <= 100_000; step++) data.append({ step, value: value(i, step) });
	return { key: String(i), label: `run ${i}`, color: runColor(i), data };
});

function value(run: number, step: number): number {
	const noise = Math.sin(step * 12.9898 + run * 78.233) * 43_758.5453;
	return 0.1 + run * 0.05 + Math.exp(-step / 20_000) * (0.8 + 0.4 * (noise - Math.floor(noise)));
}

const result = { frameMs: [] as number[], drawMs: [] as number[], longestTaskMs: 0, points: 0, done: false };
Object.assign(globalThis, { chartBench: result });

function Driver() {
	const group = useChartGroup();
	useEffect(() => {
		// Half a second for the first drawing and the fonts.
		const timer = setTimeout(() => {
			result.drawMs.length = 0;
			new PerformanceObserver((list) => {
				for (const task of list.getEntries())
					result.longestTaskMs = Math.max(result.longestTaskMs, task.duration);
			}).observe({ type: "longtask" });
			const start = performance.now();
			let before = start;
			let step = 100_000;
			const tick = (now: number) => {
				if (now > before) result.frameMs.push(now - before);
				before = now;
				step += 1;
				for (const [i, run] of runs.entries()) run.data.append({ step, value: value(i, step) });
				result.points += runs.length;
				if (everyFrame) group.setZoom(null);
				if (now - start < 10_000) requestAnimationFrame(tick);
				else result.done = true;
			};
			requestAnimationFrame(tick);
		}, 1_500);
		return () => clearTimeout(timer);
	}, [group]);
	return null;
}

createRoot(document.getElementById("root") as HTMLElement).render(
	<ChartGroup>
		<Driver />
		<div style={{ height: 400 }}>
			<TimeChart
				title="10 runs, 100,000 points each"
				smooth
				live
				series={runs}
				onDrawn={(ms) => result.drawMs.push(ms)}
			/>
		</div>
	</ChartGroup>,
);
