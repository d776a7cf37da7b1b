import type { DataColumn } from "../../contract/api-data.ts";
import { columnName } from "../../contract/task.ts";
import type { DatasetKind } from "../../datasets/types.ts";
import type { Manifest } from "./manifest.ts";

/** Our names that a column can be read as. */
export const COLUMN_ROLES = [
	{ name: "prompt", label: "Prompt", about: "What the model is asked: text, or a list of messages." },
	{ name: "completion", label: "Response", about: "What was answered to the prompt." },
	{ name: "reward", label: "Reward", about: "A number for the whole response; larger is better." },
	{ name: "label", label: "Correct", about: "Whether the response is right: true or false, 1 or 0." },
	{
		name: "reference",
		label: "Reference",
		about: "The solution or answer that responses are graded against.",
	},
	{ name: "chosen", label: "Chosen", about: "The better of two responses to one prompt." },
	{ name: "rejected", label: "Rejected", about: "The worse of two responses to one prompt." },
	{ name: "segments", label: "Segments", about: "The response cut into steps, as a list of texts." },
	{ name: "segment_rewards", label: "Process scores", about: "One number for each segment." },
	{ name: "messages", label: "Conversation", about: "A list of messages that ends with the assistant's." },
	{ name: "question", label: "Question", about: "A problem whose answer is in another column." },
	{ name: "answer", label: "Answer", about: "The solution of the question." },
	{ name: "source", label: "Source", about: "The model that wrote the response." },
	{
		name: "behaviour_logprobs",
		label: "Log-probs",
		about: "One log-probability for each token that was sampled.",
	},
] as const;
type Role = (typeof COLUMN_ROLES)[number]["name"];

/** Names that each kind reads besides those above. */
const READ_BY: Record<DatasetKind, readonly string[]> = {
	"model-outputs": ["question", "ground_truth"],
	stepwise: ["prompt", "completions", "labels", "reference", "answer", "ground_truth", "reward", "label"],
	preference: [
		"prompt",
		"chosen",
		"rejected",
		"reference",
		"answer",
		"chosen_token_ids",
		"rejected_token_ids",
	],
	scored: [
		...[
			"prompt",
			"completion",
			"response",
			"reward",
			"label",
			"reference",
			"answer",
			"ground_truth",
			"source",
		],
		...["segments", "segment_rewards", "behaviour_logprobs", "response_token_ids"],
	],
	"prompt-completion": [
		...["prompt", "completion", "response", "reference", "answer", "ground_truth"],
		...["behaviour_logprobs", "response_token_ids"],
	],
	messages: ["messages"],
	sharegpt: ["conversations", "kto_tag"],
	alpaca: ["instruction", "input", "output", "system", "history"],
	"problem-solution": ["problem", "solution", "answer"],
	"question-answer": ["question", "answer"],
	"prompt-only": ["prompt", "reference", "answer", "ground_truth"],
};

/** What other people call their columns. */
const KNOWN_AS: Partial<Record<Role, RegExp>> = {
	prompt: /^(prompt|instruct(ion)?s?|question|query|problem|input|user|task|text)$/,
	completion: /^(completion|response|output|solution|reply|assistant|generation|answer_text|model_output)s?$/,
	reward: /^(reward|score|rating|return|grade)s?$/,
	label: /^(label|(is_?)?correct(ness)?|verdict|passed|success)$/,
	reference: /^(reference|answer|ground_?truth|gold|target|expected)$/,
	chosen: /^(chosen|preferred|accepted|better|win(ner)?)$/,
	rejected: /^(rejected|dispreferred|worse|los(er|s))$/,
	messages: /^(messages|conversation|dialog(ue)?|chat|turns)$/,
};

/** The columns of a file, each with what it is read as; where they make no known form, with what it may stand for. */
export function describeColumns(manifest: Manifest): DataColumn[] {
	const { columns } = manifest.wanted;
	const read = manifest.kind === null ? null : READ_BY[manifest.kind];
	const names = new Map(Object.entries(columns).map(([column, use]) => [column, columnName(use)]));
	const taken = new Set(names.values());
	return manifest.columns.map((column) => {
		const name = names.get(column.name) ?? column.name;
		if (read !== null) {
			// A mapped column takes the place of one that had its name before.
			const shadowed = !names.has(column.name) && taken.has(column.name);
			return { ...column, usedAs: !shadowed && read.includes(name) ? name : null };
		}
		const usedAs = names.get(column.name) ?? suggest(column.name, taken);
		if (usedAs !== null) taken.add(usedAs);
		return { ...column, usedAs };
	});
}

function suggest(column: string, taken: ReadonlySet<string>): string | null {
	const plain = column.trim().toLowerCase().replace(/[ -]/g, "_");
	const fits = Object.entries(KNOWN_AS).find(([role, names]) => !taken.has(role) && names.test(plain));
	return fits?.[0] ?? null;
}
