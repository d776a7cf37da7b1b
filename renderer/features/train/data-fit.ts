import type { DataSummary } from "../../../core/contract/api-data.ts";
import type { Method } from "../../../core/contract/run.ts";
import { METHOD_LABELS } from "../../app/words.ts";

/** Why a data set does not suit a method, and the way out; null where it does. */
export function misfitOf(method: Method, summary: DataSummary): { why: string; remedy: string } | null {
	if (summary.methods.includes(method)) return null;
	const { labelled, examples, correct, responsesPerPrompt } = summary;
	const name = METHOD_LABELS[method];
	if (responsesPerPrompt === null || responsesPerPrompt === 0)
		return {
			why: `It has problems and no responses; ${name} learns from responses.`,
			remedy: "Generate responses",
		};
	if (method === "dpo")
		return {
			why: "It has no pairs of a chosen and a rejected response.",
			remedy: labelled > 0 ? "Make pairs" : "Grade responses, then make pairs",
		};
	if (labelled < examples)
		return {
			why: `${labelled === 0 ? "Its responses have" : "Some of its responses have"} no scores; ${name} learns from scored ones.`,
			remedy: "Grade responses",
		};
	if (method === "rs" && correct === 0)
		return {
			why: "None of its responses is correct; RS imitates the correct ones.",
			remedy: "Generate responses",
		};
	return { why: `${name} cannot learn from this kind of data.`, remedy: "Look at the data" };
}
