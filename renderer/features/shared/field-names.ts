import * as format from "../../ui/format.ts";

/** Settings by the name that the field gives them; others by their own path. */
const NAMES: Readonly<Record<string, string>> = {
	beta: "β",
	lambda: "λ",
	lr: "Learning rate",
	valueLr: "Value learning rate",
	"adapter.rank": "LoRA rank",
	"adapter.alpha": "LoRA alpha",
	"adapter.type": "Adapter",
	adapter: "Adapter",
	globalBatch: "Batch",
	microTokens: "Tokens at once",
	epochs: "Epochs",
	maxSteps: "Most steps",
	method: "Method",
	modelDir: "Model",
	dataPath: "Training data",
	validationPath: "Held-out data",
	task: "Grading",
	template: "Prompt template",
	seed: "Seed",
	importanceWeight: "Importance weight on",
	processRewardScale: "Process reward scale",
	labelSmoothing: "Label smoothing",
	desirableWeight: "Weight of correct",
	undesirableWeight: "Weight of wrong",
	valueFunction: "Value function",
	schedule: "Schedule",
	warmupSteps: "Warm-up steps",
	weightDecay: "Weight decay",
	betas: "AdamW decay rates",
	eps: "AdamW ε",
	clipNorm: "Clip norm",
	valueClipNorm: "Value clip norm",
	valueWarmupEpochs: "Value warm-up epochs",
	sharePrompts: "Share prompts",
	recompute: "Recompute activations",
	maxPromptTokens: "Prompt limit, tokens",
	maxResponseTokens: "Max length, tokens",
	evalEverySteps: "Evaluate every, steps",
	evalLimit: "Problems per evaluation",
	checkpointEverySteps: "Checkpoint every, steps",
	keepCheckpoints: "Checkpoints kept",
	precision: "Precision",
	threads: "Threads",
	provider: "Device",
	columns: "Column names",
	validationColumns: "Column names of held-out data",
	"split.validation": "Share held out",
	"split.test": "Share kept for testing",
};

/** A setting as headers say it: `β`, `Learning rate`. */
export function fieldName(path: string): string {
	return NAMES[path] ?? path;
}

/** The same within a sentence: `β`, `learning rate`, `LoRA rank`. */
export function fieldWord(path: string): string {
	const name = fieldName(path);
	return /^[A-Z][a-z]/.test(name) ? `${name[0]?.toLowerCase()}${name.slice(1)}` : name;
}

/** A setting's value in words: numbers as short as they are exact, `none` for null, folders by their last name. */
export function valueText(value: unknown): string {
	if (value === null || value === undefined) return "none";
	if (typeof value === "number") return format.number(value);
	if (typeof value === "boolean") return value ? "yes" : "no";
	if (typeof value === "string")
		return value.replace(/[\\/]+$/, "").replace(/^(?:\/|[A-Za-z]:\\).*[\\/]/, "");
	if (Array.isArray(value)) return value.map(valueText).join(", ");
	return JSON.stringify(value);
}
