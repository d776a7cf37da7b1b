import { type EngineEvent, halvedText, type JobPhase } from "../../contract/events.ts";

export interface LogLine {
	readonly time: number;
	readonly level: "info" | "warn" | "bad";
	readonly text: string;
}

const PHASES: Record<JobPhase, string> = {
	load: "Loads the model and the data",
	"reference-logprobs": "Computes the starting model's log-probs",
	prepare: "Prepares the graph, which ONNX Runtime optimises first",
	"value-warmup": "The value function learns alone",
	train: "Trains",
	generate: "Generates",
	evaluate: "Evaluates on held-out problems",
	grade: "Grades",
	checkpoint: "Saves a checkpoint",
	export: "Writes the export",
	verify: "Compares the export with the run",
};

/** What an event says to a reader of the log, or null for what the charts show. */
export function logLine(event: EngineEvent): LogLine | null {
	const time = Date.parse(event.time);
	const info = (text: string): LogLine => ({ time, level: "info", text });
	switch (event.type) {
		case "run-started":
			return info("The engine started.");
		case "resumed":
			return info(`Goes on from step ${event.step}.`);
		case "phase":
			return info(`${PHASES[event.phase]}.`);
		case "paused":
			return info("Paused.");
		case "continued":
			return info("Continues.");
		case "eval":
			return info(evaluationText(event));
		case "checkpoint":
			return info(`Saved step ${event.step}${event.best ? ", the best so far" : ""}.`);
		case "warning":
			return { time, level: "warn", text: `${event.message} ${event.hint}`.trim() };
		case "micro-batch-halved":
			return { time, level: "warn", text: halvedText(event) };
		case "log":
			return info(event.message);
		case "run-finished":
			return info(event.reason === "completed" ? "Finished." : "Stopped in good order.");
		case "run-failed": {
			const { failure } = event;
			const text =
				failure.kind === "expected"
					? `${failure.error.message} ${failure.error.hint}`
					: `A bug ended it: ${failure.name}: ${failure.message}`;
			return { time, level: "bad", text };
		}
		case "step":
		case "progress":
		case "sample":
			return null;
	}
}

function evaluationText({ step, n, accuracy, heldOutLoss }: Extract<EngineEvent, { type: "eval" }>): string {
	const parts = [
		accuracy === null ? null : `${(100 * accuracy).toFixed(1)} % of ${n} held-out problems solved`,
		heldOutLoss === null ? null : `held-out loss ${heldOutLoss.toPrecision(4)}`,
	].filter((part) => part !== null);
	return `Step ${step}: ${parts.length === 0 ? "evaluated" : parts.join(", ")}.`;
}
