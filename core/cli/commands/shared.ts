import { resolve } from "node:path";
import { type Compute, PROVIDER_CHOICES } from "../../contract/provider.ts";
import { PAPER_SAMPLING, type SamplingConfig } from "../../contract/sampling.ts";
import { type Columns, INVALID_ROWS, PROMPT_TEMPLATES, TASKS, templateSchema } from "../../contract/task.ts";
import { datedName, freeName } from "../../store/names.ts";
import { choice, flag, integer, number, type Option, text, type Values } from "../options.ts";

/** A path as typed, made absolute: it then means the same in the engine's process and in a run resumed elsewhere. */
export function path(placeholder: string, help: string, fallback?: string): Option<string> {
	const plain = text(placeholder, help, fallback);
	return { ...plain, read: (value) => resolve(plain.read(value)) };
}

export const template: Option<string> = {
	placeholder: "plain|gsm8k|math|TEXT",
	help: "what is put around each problem, before the model's chat template; TEXT holds {problem} once",
	required: false,
	fallback: "plain",
	read: (value) => {
		const named = Object.hasOwn(PROMPT_TEMPLATES, value);
		const chosen = named ? PROMPT_TEMPLATES[value as keyof typeof PROMPT_TEMPLATES] : value;
		const checked = templateSchema.safeParse(chosen);
		if (!checked.success)
			throw new Error("takes plain, gsm8k, math, or a text holding {problem} exactly once");
		return checked.data;
	},
};

/** `theirs=ours,...`: what the file's columns stand for. */
export const columns: Option<Columns> = {
	placeholder: "THEIRS=OURS,...",
	help: "what the file's own columns stand for, such as instruct=prompt,output=completion",
	required: false,
	read: (value) => {
		const pairs = value.split(",").map((pair) => pair.split("="));
		if (!pairs.every((pair) => pair.length === 2 && pair.every(Boolean))) {
			throw new Error(`takes THEIRS=OURS pairs with commas between them, not "${value}"`);
		}
		return Object.fromEntries(pairs);
	},
};

export const invalidRows = choice(
	INVALID_ROWS,
	"where rows of the data have errors: start nothing, or leave them out",
	"refuse",
);

/** One checkpoint of a run. */
export const oneCheckpoint: Option<"best" | "last" | number> = {
	placeholder: "best|last|STEP",
	help: "which checkpoint of a run",
	required: false,
	fallback: "best",
	read: (value) => {
		if (value === "best" || value === "last") return value;
		if (!/^\d+$/.test(value)) throw new Error(`takes best, last or a step, not "${value}"`);
		return Number(value);
	},
};

export const seed = integer("seed of everything random", { min: 0, max: 0xffff_ffff }, "0");
export const threads = integer("CPU threads; 0 takes every core", { min: 0 }, "0");
export const provider = choice(
	PROVIDER_CHOICES,
	"what computes; auto takes CUDA where it works, else the CPU",
	"auto",
);
export const computing = { threads, provider };

/** Threads and device as a job takes them. */
export function machineOf(values: Values<typeof computing>): { threads: number; compute: Compute } {
	return { threads: values.threads ?? 0, compute: { provider: values.provider ?? "auto" } };
}

export const limit = integer("only the first rows of the file", { min: 1 });
export const task = choice(TASKS, "how answers are graded");
export const maxPromptTokens = integer("longer prompts are left out and counted", { min: 1 }, "1024");
export const resume = flag("go on from what an interrupted call with the same options left in FILE.partial");
export const DEFAULT_MAX_PROMPT_TOKENS = 1024;

const paper = PAPER_SAMPLING;
export const samplingOptions = {
	"top-p": number(
		"smallest set of tokens whose probability reaches X",
		{ min: 1e-6, max: 1 },
		String(paper.topP),
	),
	"top-k": integer("only the N most probable tokens; 0 takes all", { min: 0 }, String(paper.topK)),
	threshold: number(
		"tokens less probable than this are dropped",
		{ min: 0, max: 1 },
		String(paper.threshold),
	),
	temperature: number("divides the logits", { min: 1e-3 }, String(paper.temperature)),
	"max-new-tokens": integer("longest response, in tokens", { min: 1 }, String(paper.maxNewTokens)),
	seed,
};
export const responsesPerPrompt = integer("responses per prompt", { min: 1 }, String(paper.n));
export const greedy = flag("always the most probable token (one response per prompt unless --n is given)");

/** The paper's sampling parameters, with what was given on the command line put over them. */
export function samplingOf(values: Values<typeof samplingOptions>): SamplingConfig {
	return {
		...paper,
		topP: values["top-p"] ?? paper.topP,
		topK: values["top-k"] ?? paper.topK,
		threshold: values.threshold ?? paper.threshold,
		temperature: values.temperature ?? paper.temperature,
		maxNewTokens: values["max-new-tokens"] ?? paper.maxNewTokens,
		seed: values.seed ?? paper.seed,
	};
}

/** A new folder under ./runs named by what it holds and when it was made, such as `runs/dqo-20260131-174502`. */
export function newRunDir(what: string): string {
	return resolve("runs", freeName("runs", datedName(what)));
}
