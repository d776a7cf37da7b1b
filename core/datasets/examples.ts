import { createHash } from "node:crypto";
import { canonicalJson } from "./json.ts";
import { FORMS } from "./kinds.ts";
import type { ProblemSink } from "./problems.ts";
import { RowReader } from "./row-reader.ts";
import type { DatasetKind, Example, Prompt, Row } from "./types.ts";

/** Stable hash of a prompt; a text and one user message with that text are the same prompt. */
export function promptKeyOf(prompt: Prompt): string {
	const messages = typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
	return createHash("sha256").update(canonicalJson(messages)).digest("hex").slice(0, 16);
}

/** An example before its prompt is hashed. */
export type UnkeyedExample = Omit<Example, "promptKey">;

/** The examples that one row of a known kind makes, none when it has an error; problems go to `problems`. */
export function readExamples(
	kind: DatasetKind,
	value: Row,
	row: number,
	problems: ProblemSink,
	textual: boolean,
): UnkeyedExample[] {
	const reader = new RowReader(value, row, problems, textual);
	const drafts = FORMS[kind].read(reader);
	if (reader.failed) return [];
	return drafts.map(({ prompt, ...rest }) => {
		// Without a reported problem every needed field is there; a form that forgets one is a bug.
		if (prompt === undefined) throw new Error(`The form ${kind} made an example without a prompt.`);
		const given = Object.entries(rest).filter(([, field]) => field !== undefined);
		return { row, prompt, ...Object.fromEntries(given) };
	});
}
