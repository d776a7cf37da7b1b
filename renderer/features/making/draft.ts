import type { ModelRef } from "../../../core/contract/api-common.ts";
import type { DataSummary } from "../../../core/contract/api-data.ts";
import type { TaskEstimate } from "../../../core/contract/api-tasks.ts";
import { PAPER_SAMPLING, type SamplingConfig, type Separator } from "../../../core/contract/sampling.ts";
import { PROMPT_TEMPLATES, type Task } from "../../../core/contract/task.ts";
import * as format from "../../ui/format.ts";
import type { MakeKind, MakeSpec } from "./kinds.ts";

type Numbers = Omit<SamplingConfig, "greedy">;

/** What a dialog holds; a number that is missing or not valid is undefined. */
export interface Draft extends Record<keyof Numbers, number | undefined> {
	name: string;
	/** Null leaves responses unlabelled. */
	task: Task | null;
	/** Null takes what suits the model. */
	template: string | null;
	greedy: boolean;
	maxPromptTokens: number | undefined;
	/** Undefined takes all. */
	limit: number | undefined;
	dedupe: boolean;
	separator: Separator;
	/** Pairs kept; undefined as the paper does. */
	count: number | undefined;
}

/** What a dialog begins with. `name` is that of the new data set. */
export function newDraft(kind: MakeKind, name: string, dataKind: string | null, graded: boolean): Draft {
	const task = dataKind === "problem-solution" ? "math" : "gsm8k";
	return {
		...PAPER_SAMPLING,
		name,
		task: kind === "generate" && !graded ? null : task,
		template: null,
		maxPromptTokens: 1024,
		limit: undefined,
		dedupe: false,
		separator: "line",
		count: undefined,
	};
}

/** The prompt template of the paper for a grader; the starter was taught on plain problems. */
export function usualTemplate(task: Task | null, builtIn: boolean): string {
	return builtIn || task === null || task === "exact" ? PROMPT_TEMPLATES.plain : PROMPT_TEMPLATES[task];
}

/** What to start, or null while something is missing. */
export function specOf(
	kind: MakeKind,
	draft: Draft,
	dataId: string,
	model: ModelRef | null,
	template: string,
): MakeSpec | null {
	const name = draft.name.trim();
	if (name === "") return null;
	const { task, seed, separator, maxPromptTokens, dedupe } = draft;
	if (kind === "grade") return task === null ? null : { kind, name, dataId, task };
	if (kind === "pairs")
		return seed === undefined ? null : { kind, name, dataId, seed, count: draft.count ?? null };
	const sampling = samplingOf(draft);
	if (model === null || sampling === null || maxPromptTokens === undefined) return null;
	if (template.split("{problem}").length !== 2) return null;
	const shared = { name, model, dataId, template, sampling, maxPromptTokens, limit: draft.limit ?? null };
	if (kind === "generate") return { kind, ...shared, task, dedupe };
	return task === null ? null : { kind, ...shared, task, separator };
}

function samplingOf(draft: Draft): SamplingConfig | null {
	const { n, temperature, topK, threshold, topP, greedy, maxNewTokens, seed } = draft;
	if (n === undefined || temperature === undefined || topK === undefined || threshold === undefined)
		return null;
	if (topP === undefined || maxNewTokens === undefined || seed === undefined) return null;
	return { n, temperature, topK, threshold, topP, greedy, maxNewTokens, seed };
}

/** How much work a start means, in words. */
export function amountText(kind: MakeKind, draft: Draft, summary: DataSummary | null): string {
	if (summary === null) return "";
	const { prompts, labelled, correct } = summary;
	const examples = Math.min(draft.limit ?? summary.examples, summary.examples);
	switch (kind) {
		case "generate": {
			const asked = Math.min(draft.limit ?? prompts, prompts);
			const n = draft.n ?? 0;
			return `${format.plural(asked * n, "response")}: ${format.count(n)} to each of ${format.plural(asked, "prompt")}.`;
		}
		case "grade":
			return `${format.plural(summary.withReference, "response")} with a reference ${summary.withReference === 1 ? "is" : "are"} graded.`;
		case "pairs":
			return `${format.count(correct)} correct and ${format.count(labelled - correct)} wrong responses to ${format.plural(prompts, "prompt")}.`;
		case "process-scores": {
			const each = `up to ${format.plural(draft.n ?? 0, "completion")} for each step of a wrong one`;
			return `${format.plural(examples, "response")}, ${each}.`;
		}
	}
}

/** How long a start takes: `About 4 m 10 s, at most 11 m 02 s, at the pace of gsm8k, responses.` */
export function timeText({ seconds, mostSeconds, from }: TaskEstimate): string {
	const time = (s: number) => format.duration(1000 * Math.max(1, Math.round(s)));
	const most =
		mostSeconds === null || time(mostSeconds) === time(seconds) ? "" : `, at most ${time(mostSeconds)}`;
	return `About ${time(seconds)}${most}, ${from}.`;
}
