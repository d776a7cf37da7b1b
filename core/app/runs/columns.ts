import type { EvaluationPoint, MetricColumns } from "../../contract/api-runs.ts";
import { type StepMetrics, stepMetricsSchema } from "../../contract/metrics.ts";

type NumberName = Exclude<keyof StepMetrics, "step" | "epoch" | "phase">;
const NAMES = Object.keys(stepMetricsSchema.shape).filter(
	(name): name is NumberName => name !== "step" && name !== "epoch" && name !== "phase",
);

/** A run's step metrics, a column each, and its evaluations; steps rise. */
export class Columns {
	readonly #steps: number[] = [];
	readonly #seconds: number[] = [];
	readonly #epochs: number[] = [];
	/** NaN stands for null. */
	readonly #values = new Map<NumberName, number[]>(NAMES.map((name) => [name, []]));
	readonly #evaluations: EvaluationPoint[] = [];

	addStep(metrics: StepMetrics, seconds: number): void {
		this.#steps.push(metrics.step);
		this.#seconds.push(seconds);
		this.#epochs.push(metrics.epoch);
		for (const [name, column] of this.#values) column.push(metrics[name] ?? Number.NaN);
	}

	/** An evaluation that was made anew takes the place of the one before. */
	addEvaluation(point: Omit<EvaluationPoint, "epoch">): void {
		while ((this.#evaluations.at(-1)?.step ?? -1) >= point.step) this.#evaluations.pop();
		this.#evaluations.push({ ...point, epoch: this.#epochs.at(-1) ?? 0 });
	}

	/** Forgets what came after a step: work that was lost with the process and is made again. */
	cutAfter(step: number): void {
		const kept = this.#after(step);
		for (const column of [this.#steps, this.#seconds, this.#epochs, ...this.#values.values()])
			column.length = kept;
		while ((this.#evaluations.at(-1)?.step ?? 0) > step) this.#evaluations.pop();
	}

	/** Every evaluation, rising. */
	get evaluations(): readonly EvaluationPoint[] {
		return this.#evaluations;
	}

	/** Up to `limit` steps above `afterStep`, with the evaluations among them; the one before the first step comes first. */
	page(
		afterStep: number,
		limit: number,
	): { columns: MetricColumns; evaluations: EvaluationPoint[]; more: boolean } {
		const from = this.#after(afterStep);
		const to = Math.min(this.#steps.length, from + limit);
		const more = to < this.#steps.length;
		const lastStep = more ? (this.#steps[to - 1] ?? afterStep) : Number.POSITIVE_INFINITY;
		const values = [...this.#values].map(([name, column]) => [
			name,
			column.slice(from, to).map((value) => (Number.isNaN(value) ? null : value)),
		]);
		return {
			columns: {
				step: this.#steps.slice(from, to),
				seconds: this.#seconds.slice(from, to),
				epoch: this.#epochs.slice(from, to),
				values: Object.fromEntries(values),
			},
			evaluations: this.#evaluations.filter(
				({ step }) => (step > afterStep || afterStep === 0) && step <= lastStep,
			),
			more,
		};
	}

	/** Index of the first step above `step`. */
	#after(step: number): number {
		let [low, high] = [0, this.#steps.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#steps[middle] as number) > step) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}
