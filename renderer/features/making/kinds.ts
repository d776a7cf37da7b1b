import type { DataSummary } from "../../../core/contract/api-data.ts";
import type { TaskSpec } from "../../../core/contract/api-tasks.ts";

export const MAKE_KINDS = ["generate", "grade", "pairs", "process-scores"] as const;
export type MakeKind = (typeof MAKE_KINDS)[number];
export type MakeSpec = Extract<TaskSpec, { kind: MakeKind }>;

export const MAKE_WORDS: Record<MakeKind, { menu: string; title: string; about: string; suffix: string }> = {
	generate: {
		menu: "Generate responses…",
		title: "Generate responses",
		about: "Samples responses from a model to each prompt, and lets a grader mark them.",
		suffix: "responses",
	},
	grade: {
		menu: "Grade…",
		title: "Grade responses",
		about: "Compares the answer of each response with its reference. Nothing is generated.",
		suffix: "graded",
	},
	pairs: {
		menu: "Make pairs…",
		title: "Make pairs",
		about: "Pairs a correct with a wrong response to the same prompt, as DPO learns from.",
		suffix: "pairs",
	},
	"process-scores": {
		menu: "Process scores…",
		title: "Process scores",
		about:
			"A correct response scores 1 on every step. A wrong one is shortened step by step until a completion comes out correct: those steps score 1, the rest 0.",
		suffix: "process scores",
	},
};

/** Tasks that make data sets of others. */
export type MakingSpec = MakeSpec | Extract<TaskSpec, { kind: "split" }>;

export function isMakingSpec(spec: TaskSpec): spec is MakingSpec {
	return spec.kind === "split" || MAKE_KINDS.some((kind) => kind === spec.kind);
}

/** Why a data set does not suit; null where it does. */
export function misfitOf(kind: MakeKind, summary: DataSummary): string | null {
	const { prompts, labelled, correct, withReference, oneOutcomePrompts } = summary;
	const responses = summary.responsesPerPrompt !== null && summary.responsesPerPrompt > 0;
	switch (kind) {
		case "generate":
			return prompts === 0 ? "It has no prompts." : null;
		case "grade":
		case "process-scores":
			if (!responses) return "It has no responses yet: generate them first.";
			return withReference === 0 ? "It has no references to grade against." : null;
		case "pairs":
			if (!responses) return "It has no responses yet: generate them first.";
			if (labelled === 0) return "Its responses have no verdicts: grade them first.";
			if (correct === 0) return "None of its responses is correct.";
			if (correct === labelled) return "None of its responses is wrong.";
			return oneOutcomePrompts >= prompts ? "No prompt has both a correct and a wrong response." : null;
	}
}
