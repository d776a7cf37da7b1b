import { Column } from "./column.ts";
import { PyramidColumn } from "./pyramid.ts";

export type XAxis = "step" | "time" | "epoch";

/** One measurement. `value: null` means "not defined here" and leaves a gap; NaN and the infinities are kept and marked. */
export interface Point {
	step: number;
	/** Training time so far, seconds. */
	timeS?: number;
	epoch?: number;
	value: number | null;
	/** Interval around the value, such as a 95 % interval or p10 to p90. */
	low?: number;
	high?: number;
	/** How many samples the value is a mean of. */
	n?: number;
}

/** The field's usual smoothing of training curves. */
export const defaultSmoothing = 0.92;

/**
 * One metric of one run: append-only columns. `ema` is the debiased exponential mean, decayed per step (not per point), so a metric
 * measured every 50 steps is hardly smoothed: `ema_i = s_i / w_i`, `s_i = a s + (1 - a) v_i`, `w_i = a w + (1 - a)`, `a = smoothing^(steps since
 * the last point)`. A step that was seen before (a run resumed from a checkpoint) replaces what came after it.
 */
export class Series {
	readonly smoothing: number;
	readonly step = new Column();
	readonly value = new PyramidColumn();
	readonly ema = new PyramidColumn();
	/** Indices before which the line is broken: after a gap, and on both sides of a NaN. Rising. */
	readonly breaks: number[] = [];
	/** Indices of values that are not finite. Rising. */
	readonly bad: number[] = [];
	/** Rises with every change. */
	version = 0;
	low: PyramidColumn | null = null;
	high: PyramidColumn | null = null;
	#n: Column | null = null;
	#timeS: Column | null = null;
	#epoch: Column | null = null;
	/** The running sums of the mean, kept per point so that a resumed run can go back. */
	readonly #sum = new Column();
	readonly #weight = new Column();
	readonly #listeners = new Set<() => void>();

	constructor(points: Iterable<Point> = [], smoothing = defaultSmoothing) {
		this.smoothing = smoothing;
		for (const point of points) this.append(point);
	}

	get length(): number {
		return this.step.length;
	}

	append(point: Point): void {
		if (this.length > 0 && point.step <= this.step.at(this.length - 1)) {
			this.#truncate(this.step.lowerBound(point.step));
		}
		const i = this.length;
		if (point.value === null) {
			this.#breakAt(i);
			this.#changed();
			return;
		}
		const finite = Number.isFinite(point.value);
		this.#appendEma(finite ? point.value : Number.NaN, point.step);
		if (!finite) {
			this.#breakAt(i);
			this.#breakAt(i + 1);
			this.bad.push(i);
		}
		this.step.push(point.step);
		this.value.push(finite ? point.value : Number.NaN);
		if (point.timeS !== undefined) this.#timeS = filled(this.#timeS ?? new Column(), i, point.timeS);
		if (point.epoch !== undefined) this.#epoch = filled(this.#epoch ?? new Column(), i, point.epoch);
		if (point.n !== undefined) this.#n = filled(this.#n ?? new Column(), i, point.n);
		if (point.low !== undefined) this.low = filled(this.low ?? new PyramidColumn(), i, point.low);
		if (point.high !== undefined) this.high = filled(this.high ?? new PyramidColumn(), i, point.high);
		this.#changed();
	}

	/** The column of `axis`; a run that never gave times or epochs is shown by step. */
	x(axis: XAxis): Column {
		return (axis === "time" ? this.#timeS : axis === "epoch" ? this.#epoch : this.step) ?? this.step;
	}

	/** Sample count at `i`, NaN when unknown. */
	n(i: number): number {
		return this.#n?.at(i) ?? Number.NaN;
	}

	/** Tells of changes; the caller throttles. Returns the unsubscribe. */
	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#appendEma(value: number, step: number): void {
		const last = this.#weight.length - 1;
		let sum = last < 0 ? 0 : this.#sum.at(last);
		let weight = last < 0 ? 0 : this.#weight.at(last);
		const decay = last < 0 ? this.smoothing : this.smoothing ** (step - this.step.at(last));
		sum *= decay;
		weight *= decay;
		if (Number.isFinite(value)) {
			sum += (1 - decay) * value;
			weight += 1 - decay;
		}
		this.ema.push(!Number.isFinite(value) ? Number.NaN : weight > 0 ? sum / weight : value);
		this.#sum.push(sum);
		this.#weight.push(weight);
	}

	#breakAt(i: number): void {
		if (this.breaks.at(-1) !== i && i > 0) this.breaks.push(i);
	}

	#truncate(length: number): void {
		for (const c of [this.step, this.value, this.ema, this.#sum, this.#weight]) c.truncate(length);
		for (const c of [this.low, this.high, this.#n, this.#timeS, this.#epoch]) c?.truncate(length);
		while ((this.breaks.at(-1) ?? -1) > length) this.breaks.pop();
		while ((this.bad.at(-1) ?? -1) >= length) this.bad.pop();
	}

	#changed(): void {
		this.version++;
		for (const listener of this.#listeners) listener();
	}
}

/** Appends `value` at index `i`, with NaN where earlier points had none. */
function filled<C extends Column>(column: C, i: number, value: number): C {
	while (column.length < i) column.push(Number.NaN);
	column.push(value);
	return column;
}
