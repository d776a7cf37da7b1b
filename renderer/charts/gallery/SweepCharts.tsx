import { useState } from "react";
import { bytes } from "../../ui/format.ts";
import {
	BalanceStrip,
	BarMeter,
	type Brushes,
	Heatmap,
	Histogram,
	ImportanceBars,
	ParallelCoordinates,
	powerBins,
	runColor,
	Sparkline,
	WinLossBar,
} from "../index.ts";
import { normal, random } from "./curves.ts";
import styles from "./gallery.module.css";

const betas = [0.01, 0.03, 0.1, 0.3, 1];
const rates = [5e-7, 1e-7, 5e-8];
const z = normal(3);
const u = random(4);
const runs = betas.flatMap((beta, b) =>
	rates.flatMap((lr, l) =>
		[1, 0.95].map((lambda) => {
			const accuracy = 87.5 - (b - 1) ** 2 * 0.6 - l * 2 - (lambda === 1 ? 0 : 3) + z() * 0.5;
			return { beta, lr, lambda, accuracy, kl: Math.max(0.1, 8 - b * 1.6 - l * 1.5 + z()) };
		}),
	),
);
const axes = [
	{ key: "beta", label: "β", scale: "log" },
	{ key: "lr", label: "Learning rate", scale: "log" },
	{ key: "lambda", label: "λ", scale: "category" },
	{ key: "kl", label: "KL, nats", scale: "linear" },
	{ key: "accuracy", label: "Accuracy, %", scale: "linear" },
] as const;
const lines = runs.map((values, i) => ({
	key: String(i),
	label: `run ${i}`,
	values,
	...(i < 3 ? { color: runColor(i) } : {}),
	stopped: i % 9 === 8,
}));
const lengths = powerBins(Array.from({ length: 4_000 }, () => Math.max(20, Math.exp(5.8 + 0.42 * z()))));

/** The sweep screen's charts and the small ones. */
export function SweepCharts() {
	const [brushes, setBrushes] = useState<Brushes>({ accuracy: [0.8, 1] });
	const [sample, setSample] = useState(0);
	return (
		<div className={styles.sweeps}>
			<div className={styles.card} style={{ display: "flex" }}>
				<ParallelCoordinates axes={axes} runs={lines} brushes={brushes} onBrushes={setBrushes} />
			</div>
			<div className={styles.card}>
				<Heatmap
					label="Accuracy"
					columnLabel="β"
					rowLabel="learning rate"
					columns={betas.map(String)}
					rows={rates.map((r) => r.toExponential().replace("e-", "e-"))}
					unit="%"
					format={(v) => v.toFixed(1)}
					cell={(r, c) => {
						const value = runs[(c * 3 + r) * 2]?.accuracy ?? null;
						if (r === 2 && c === 3) return { state: "running", value: null };
						if (r === 2 && c === 4) return { state: "waiting", value: null };
						return { state: r === 2 && c === 2 ? "stopped" : "done", value, selected: r === 0 && c === 1 };
					}}
				/>
			</div>
			<div className={styles.card}>
				<Histogram
					bins={lengths}
					limit={1_024}
					limitLabel="max length 1,024"
					label="Prompt + response, tokens"
				/>
			</div>
			<div className={styles.card}>
				<ImportanceBars
					items={[
						{ label: "Learning rate", share: 0.46, note: "higher is better up to 5e-7" },
						{ label: "λ", share: 0.31, note: "1 beats 0.95 in all 8 finished pairs" },
					]}
				/>
				<div style={{ padding: "0 14px", display: "grid", gap: 14 }}>
					<WinLossBar
						onlyFirst={42}
						both={829}
						neither={98}
						onlySecond={31}
						first="004"
						second="007"
						pValue={0.241}
					/>
					<BalanceStrip
						samples={Array.from({ length: 20 }, (_, i) => (i === 19 ? null : (i * 7) % 3 > 0))}
						selected={sample}
						onSelect={setSample}
					/>
					<Sparkline
						values={Array.from({ length: 30 }, (_, i) => Math.log(i + 1) + u() * 0.3)}
						label="accuracy"
					/>
					<BarMeter
						label="Memory"
						max={96e9}
						format={bytes}
						parts={[
							{ label: "Weights", value: 30.5e9, color: "var(--accent)" },
							{ label: "Optimizer", value: 28e9, color: "var(--run-2)" },
							{ label: "Activations", value: 22.9e9, color: "var(--run-3)" },
						]}
					/>
				</div>
			</div>
		</div>
	);
}
