import { type EngineEvent, halvedText, type JobPhase } from "../contract/events.ts";
import type { StepMetrics } from "../contract/metrics.ts";
import { duration, percent } from "./format.ts";

/** How often a terminal's bar is redrawn, and how often a plain log gets a line. */
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5000;
const BAR_CELLS = 24;

const PHASE_NAMES: Record<JobPhase, string> = {
	load: "loading",
	"reference-logprobs": "reference log-probs",
	prepare: "preparing the graph",
	"value-warmup": "value warm-up",
	train: "training",
	generate: "generating",
	evaluate: "evaluating",
	grade: "grading",
	checkpoint: "writing checkpoint",
	export: "writing",
	verify: "comparing with the run",
};

export interface Screen {
	isTTY?: boolean;
	columns?: number;
	write(text: string): unknown;
}

type Progress = Pick<Extract<EngineEvent, { type: "progress" }>, "phase" | "done" | "total" | "secondsLeft">;

/** Shows a job's events on standard error: one bar on a terminal, a plain line now and then elsewhere. */
export class Reporter {
	readonly #screen: Screen;
	readonly #now: () => number;
	#lastDrawn = Number.NEGATIVE_INFINITY;
	#phase: JobPhase | null = null;
	#step = "";
	#barShown = false;

	constructor(screen: Screen, now: () => number = () => performance.now()) {
		this.#screen = screen;
		this.#now = now;
	}

	event(event: EngineEvent): void {
		switch (event.type) {
			case "phase":
				this.#enter(event.phase);
				break;
			case "progress":
				this.progress(event);
				break;
			case "step":
				this.#step = stepText(event.metrics);
				break;
			case "eval":
				this.#evaluated(event);
				break;
			case "checkpoint":
				this.line(`checkpoint ${event.dir}${event.best ? " (best so far)" : ""}`);
				break;
			case "warning":
				this.line(`warning[${event.code}]: ${event.message}\n  ${event.hint}`);
				break;
			case "micro-batch-halved":
				this.line(halvedText(event));
				break;
			case "resumed":
				this.line(`continuing from step ${event.step}`);
				break;
			case "paused":
			case "continued":
				this.line(event.type);
				break;
			case "log":
				this.line(event.message);
				break;
			case "sample":
			case "run-started":
			case "run-finished":
			case "run-failed":
				break;
		}
	}

	/** Writes a whole line, above the bar where there is one. */
	line(text: string): void {
		this.clear();
		this.#screen.write(`${text}\n`);
	}

	/** Removes the bar, so that other output starts on a clean line. */
	clear(): void {
		if (this.#barShown) this.#screen.write("\r\x1b[2K");
		this.#barShown = false;
	}

	/** Before the policy has moved an evaluation may have nothing to say. */
	#evaluated(event: Extract<EngineEvent, { type: "eval" }>): void {
		const parts: string[] = [];
		if (event.accuracy !== null) parts.push(`accuracy ${percent(event.accuracy)} (n = ${event.n})`);
		if (event.heldOutLoss !== null) parts.push(`held-out loss ${event.heldOutLoss.toPrecision(4)}`);
		if (event.valueAuc !== null) parts.push(`AUC of V ${event.valueAuc.toFixed(3)}`);
		if (parts.length > 0) this.line(`step ${event.step} ${event.split}: ${parts.join(", ")}`);
	}

	#enter(phase: JobPhase): void {
		if (phase === this.#phase) return;
		this.#phase = phase;
		this.#step = "";
		this.#lastDrawn = Number.NEGATIVE_INFINITY;
		if (!this.#screen.isTTY && phase !== "checkpoint") this.line(`${PHASE_NAMES[phase]} ...`);
	}

	/** Moves the bar. */
	progress(event: Progress): void {
		this.#enter(event.phase);
		const now = this.#now();
		const finished = event.done >= event.total;
		const interval = this.#screen.isTTY ? REDRAW_MS : PLAIN_LINE_MS;
		if (!finished && now - this.#lastDrawn < interval) return;
		this.#lastDrawn = now;
		const text = progressText(event, this.#step);
		if (!this.#screen.isTTY) {
			this.line(text);
			return;
		}
		const filled = Math.round(BAR_CELLS * share(event));
		const bar = `[${"#".repeat(filled)}${".".repeat(BAR_CELLS - filled)}] `;
		// A line that wraps could not be redrawn in place.
		this.#screen.write(`\r\x1b[2K${(bar + text).slice(0, (this.#screen.columns ?? 80) - 1)}`);
		this.#barShown = true;
	}
}

function share({ done, total }: Progress): number {
	return total > 0 ? Math.min(1, done / total) : 0;
}

function progressText(event: Progress, step: string): string {
	const left = event.secondsLeft === null ? "" : `, ${duration(event.secondsLeft)} left`;
	const part = `${Math.floor(share(event) * 100)} % (${event.done}/${event.total})`;
	return `${PHASE_NAMES[event.phase]} ${part}${left}${step === "" ? "" : ` · ${step}`}`;
}

function stepText(metrics: StepMetrics): string {
	const parts: [string, number | null][] = [
		["loss", metrics.policyLoss],
		["value loss", metrics.valueLoss],
		["log-ratio correct", metrics.logRatioCorrect],
		["wrong", metrics.logRatioWrong],
	];
	const shown = parts.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value.toPrecision(3)}`]));
	return [...shown, `${Math.round(metrics.responseTokensPerSecond)} tokens/s`].join(" · ");
}
