import type { ApiOutput } from "../../../core/contract/api.ts";
import type { EvaluationPoint } from "../../../core/contract/api-runs.ts";
import type { EngineEvent } from "../../../core/contract/events.ts";
import type { StepMetrics } from "../../../core/contract/metrics.ts";
import { type Point, Series } from "../../charts/index.ts";

export type StepMetric = Exclude<keyof StepMetrics, "step" | "epoch" | "phase">;
export type EvaluationMetric = "accuracy" | "heldOutLoss" | "valueAuc";

/** Metrics that are drawn with a band from one other metric to another. */
const BANDS: Partial<Record<StepMetric, readonly [StepMetric, StepMetric]>> = {
	importanceWeightMedian: ["importanceWeightP10", "importanceWeightP90"],
};
/** Shares are drawn in per cent. */
const PERCENT: ReadonlySet<StepMetric> = new Set(["correctShare", "importanceWeightClippedShare"]);

type MetricsPage = ApiOutput<"runs.metrics">;

/** All curves of one run, filled by pages from its files and then by its events. */
export class RunSeries {
	readonly #steps = new Map<StepMetric, Series>();
	readonly #evaluations = new Map<EvaluationMetric, Series>();
	/** Seconds at work and epoch at the newest step. */
	#seconds = 0;
	#epoch = 0;
	#lastStep = 0;

	get lastStep(): number {
		return this.#lastStep;
	}

	step(metric: StepMetric): Series {
		const known = this.#steps.get(metric);
		if (known) return known;
		const made = new Series();
		this.#steps.set(metric, made);
		return made;
	}

	evaluation(metric: EvaluationMetric): Series {
		const known = this.#evaluations.get(metric);
		if (known) return known;
		// A mean over few evaluations would hide what was measured.
		const made = new Series([], 0);
		this.#evaluations.set(metric, made);
		return made;
	}

	addPage({ columns, evaluations }: Pick<MetricsPage, "columns" | "evaluations">): void {
		const { step, seconds, epoch, values } = columns;
		for (const [name, column] of Object.entries(values)) {
			const metric = name as StepMetric;
			const series = this.step(metric);
			const band = BANDS[metric];
			const [low, high] = band ? [values[band[0]], values[band[1]]] : [undefined, undefined];
			for (let i = 0; i < step.length; i++) {
				series.append(
					pointOf(
						metric,
						{ step: step[i] ?? 0, timeS: seconds[i] ?? 0, epoch: epoch[i] ?? 0 },
						column[i] ?? null,
						low?.[i],
						high?.[i],
					),
				);
			}
		}
		this.#lastStep = step.at(-1) ?? this.#lastStep;
		this.#seconds = seconds.at(-1) ?? this.#seconds;
		this.#epoch = epoch.at(-1) ?? this.#epoch;
		for (const point of evaluations) this.addEvaluation(point);
	}

	addEvaluation(point: EvaluationPoint): void {
		const at = { step: point.step, timeS: point.seconds, epoch: point.epoch, n: point.n };
		const interval = point.interval;
		if (point.accuracy !== null)
			this.evaluation("accuracy").append({
				...at,
				value: 100 * point.accuracy,
				...(interval ? { low: 100 * interval[0], high: 100 * interval[1] } : {}),
			});
		if (point.heldOutLoss !== null)
			this.evaluation("heldOutLoss").append({ ...at, value: point.heldOutLoss });
		if (point.valueAuc !== null) this.evaluation("valueAuc").append({ ...at, value: point.valueAuc });
	}

	/** Takes an event of the run; a step seen before (after a resume) replaces what came after it. */
	take(event: EngineEvent): void {
		if (event.type === "step") {
			const { metrics } = event;
			this.#seconds += metrics.elapsedMs / 1000;
			this.#epoch = metrics.epoch;
			this.#lastStep = metrics.step;
			const at = { step: metrics.step, timeS: this.#seconds, epoch: metrics.epoch };
			for (const [name, value] of Object.entries(metrics)) {
				if (name === "step" || name === "epoch" || name === "phase") continue;
				const metric = name as StepMetric;
				const band = BANDS[metric];
				this.step(metric).append(
					pointOf(metric, at, value as number | null, band && metrics[band[0]], band && metrics[band[1]]),
				);
			}
		}
		if (event.type === "eval" && event.split === "validation") {
			const { step, n, accuracy, accuracyInterval, heldOutLoss, valueAuc } = event;
			const at = { seconds: this.#seconds, epoch: this.#epoch };
			this.addEvaluation({ ...at, step, n, accuracy, interval: accuracyInterval, heldOutLoss, valueAuc });
		}
	}
}

function pointOf(
	metric: StepMetric,
	at: Pick<Point, "step" | "timeS" | "epoch">,
	value: number | null,
	low: number | null | undefined,
	high: number | null | undefined,
): Point {
	const scale = PERCENT.has(metric) ? 100 : metric === "memoryBytes" ? 1 / 2 ** 30 : 1;
	return {
		...at,
		value: value === null ? null : value * scale,
		...(low != null && high != null ? { low: low * scale, high: high * scale } : {}),
	};
}
