import type { RunState } from "../../core/contract/api-runs.ts";
import type { JobPhase } from "../../core/contract/events.ts";
import type { Method } from "../../core/contract/run.ts";

export const METHOD_LABELS: Record<Method, string> = {
	sft: "SFT",
	rs: "RS",
	dpo: "DPO",
	kto: "KTO",
	dro: "DRO",
	dqo: "DQO",
};

/** One sentence each, as the Train screen and the README say it. */
export const METHOD_HELP: Record<Method, string> = {
	sft: "Imitates every response.",
	rs: "Imitates the correct responses.",
	dpo: "Prefers the chosen response of a pair to the rejected one.",
	kto: "Raises correct responses and lowers wrong ones.",
	dro: "Learns a policy and a value for each prompt, from scored responses.",
	dqo: "Learns a policy and a value for every token, from scored responses.",
};

export type Tone = "good" | "bad" | "warn" | "accent" | "neutral";

export const STATE_WORDS: Record<RunState, { label: string; tone: Tone }> = {
	queued: { label: "Queued", tone: "neutral" },
	"waiting-for-gpu": { label: "Waiting for a GPU", tone: "neutral" },
	starting: { label: "Starting", tone: "accent" },
	running: { label: "Training", tone: "good" },
	paused: { label: "Paused", tone: "neutral" },
	stopping: { label: "Stopping", tone: "neutral" },
	completed: { label: "Finished", tone: "neutral" },
	stopped: { label: "Stopped", tone: "neutral" },
	failed: { label: "Failed", tone: "bad" },
	interrupted: { label: "Interrupted", tone: "warn" },
	unreadable: { label: "Unreadable", tone: "bad" },
};

export const PHASE_WORDS: Record<JobPhase, string> = {
	load: "Loading the model and the data",
	"reference-logprobs": "Computing base log-probs",
	prepare: "Preparing the graph",
	"value-warmup": "Warming up V",
	train: "Training",
	generate: "Sampling responses",
	evaluate: "Measuring on held-out problems",
	grade: "Grading responses",
	checkpoint: "Saving a checkpoint",
	export: "Writing the files",
	verify: "Reopening the files and comparing",
};
