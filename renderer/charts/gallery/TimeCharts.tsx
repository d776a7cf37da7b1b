import { useState } from "react";
import { runColor } from "../data/ramps.ts";
import { Series, type XAxis } from "../data/series.ts";
import { ChartGroup } from "../time/ChartGroup.tsx";
import { TimeChart } from "../time/TimeChart.tsx";
import { accuracy, broken, curve, decay, weights } from "./curves.ts";
import styles from "./gallery.module.css";

const one = (data: Series) => [{ key: "014", label: "014", color: runColor(0), data }];
const rise = (top: number, tau: number) => (step: number) => top * (1 - Math.exp(-step / tau));

const acc = one(accuracy(3, 72.8, 87.6));
const policy = one(decay(1, 0.72, 0.105, 210, 0.12));
const value = one(decay(2, 31, 2.9, 200, 0.1));
const kl = one(curve(rise(7.2, 700), 0.25, 6));
const norm = one(decay(4, 2.1, 0.46, 130, 0.14));
const weight = one(weights());
const lastLine = [
	{
		key: "correct",
		label: "correct",
		color: "var(--good)",
		data: curve((s) => 0.12 + rise(0.71, 110)(s), 0.006, 2),
	},
	{
		key: "wrong",
		label: "wrong",
		color: "var(--bad)",
		data: curve((s) => 0.12 + 0.38 * (1 - Math.exp(-s / 60)) - rise(0.2, 500)(s), 0.006, 3),
	},
];
const eight = Array.from({ length: 8 }, (_, i) => ({
	key: `00${i}`,
	label: `00${i + 1}`,
	color: runColor(i),
	data: accuracy(20 + i, 72.8, 80 + i * 1.1),
}));
const thirty = Array.from({ length: 30 }, (_, i) => ({
	key: `t${i}`,
	label: `0${i + 10}`,
	...(i % 13 === 0 ? { color: runColor(i / 13) } : {}),
	data: decay(50 + i, 0.8, 0.08 + i * 0.012, 120 + i * 9, 0.1),
}));
const splits = [
	{ key: "train", label: "train", color: runColor(0), data: decay(31, 0.7, 0.1, 220, 0.02) },
	{
		key: "held-out",
		label: "held-out",
		color: runColor(0),
		dash: true,
		data: decay(32, 0.7, 0.16, 220, 0.02),
	},
];
const brokenRun = one(broken());
const nothing = one(new Series());

/** The run screen's charts, and each special case once. */
export function TimeCharts() {
	const [x, setX] = useState<XAxis>("step");
	return (
		<ChartGroup x={x}>
			<div className={styles.row}>
				{(["step", "time", "epoch"] as const).map((axis) => (
					<button key={axis} type="button" aria-pressed={x === axis} onClick={() => setX(axis)}>
						{axis}
					</button>
				))}
			</div>
			<div className={styles.grid}>
				<div className={styles.wide}>
					<TimeChart
						title="Held-out accuracy"
						unit="%"
						decimals={1}
						note="greedy, 95 % interval"
						y={{ kind: "auto", minSpan: 10, bounds: [0, 100] }}
						series={acc}
						references={[{ y: 72.8, label: "base model 72.8 %" }]}
						mark={{ step: 1_150, label: "best" }}
					/>
				</div>
				<Tile>
					<TimeChart title="Policy loss" smooth series={policy} />
				</Tile>
				<Tile>
					<TimeChart title="Value loss" smooth series={value} />
				</Tile>
				<Tile>
					<TimeChart
						title="V at the last line"
						unit="apart"
						value="+0.51"
						decimals={2}
						y={{ kind: "auto", minSpan: 1, bounds: [0, 1] }}
						series={lastLine}
					/>
				</Tile>
				<Tile>
					<TimeChart title="KL to reference" unit="nats/response" smooth series={kl} />
				</Tile>
				<Tile>
					<TimeChart
						title="Importance weight"
						unit="median"
						decimals={2}
						series={weight}
						bandLabel="p10 to p90"
						references={[{ y: Math.E, label: "cap e = 2.72", side: "left" }]}
					/>
				</Tile>
				<Tile>
					<TimeChart
						title="Gradient norm"
						decimals={2}
						smooth
						series={norm}
						references={[{ y: 1, label: "clipped at 1.0" }]}
					/>
				</Tile>
				<div className={styles.wide}>
					<TimeChart
						title="Held-out accuracy of 8 runs"
						unit="%"
						decimals={1}
						y={{ kind: "auto", minSpan: 10, bounds: [0, 100] }}
						series={eight}
					/>
				</div>
				<Tile>
					<TimeChart title="Policy loss of 30 runs" smooth series={thirty} />
				</Tile>
				<Tile>
					<TimeChart title="Loss by split" smooth series={splits} />
				</Tile>
				<Tile>
					<TimeChart title="Loss with a gap and NaN" smooth series={brokenRun} />
				</Tile>
				<Tile>
					<TimeChart
						title="Held-out accuracy"
						unit="%"
						series={nothing}
						empty="The first evaluation is at step 50."
					/>
				</Tile>
				<Tile>
					<TimeChart title="Policy loss" series={nothing} loading="Computing base log-probs, 41 %" />
				</Tile>
			</div>
		</ChartGroup>
	);
}

function Tile({ children }: { children: React.ReactNode }) {
	return <div className={styles.tile}>{children}</div>;
}
