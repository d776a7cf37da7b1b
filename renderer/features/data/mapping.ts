import { type Columns, type ColumnUse, columnName } from "../../../core/contract/task.ts";

/** The mapping to ask for: each column that is used under another name than its own, or whose values have a meaning. */
export function mappingOf(roles: Readonly<Record<string, string>>, before: Columns = {}): Columns {
	const uses = Object.entries(roles).flatMap(([column, role]): [string, ColumnUse][] => {
		const known = before[column];
		if (typeof known === "object" && columnName(known) === role) return [[column, known]];
		return role === "" || role === column ? [] : [[column, role]];
	});
	return Object.fromEntries(uses);
}

/** What is chosen for a value: it means correct, wrong, or is left as it stands. */
export type Meaning = "correct" | "wrong" | "left";

const CORRECT = /^(true|yes|y|1|1\.0|correct|right|ok|pass(ed)?|good|success|positive|accepted|richtig|ja)$/i;
const WRONG = /^(false|no|n|0|0\.0|-1|incorrect|wrong|fail(ed)?|bad|failure|negative|rejected|falsch|nein)$/i;

/** What a value is likely to mean. */
export function likelyMeaning(text: string): Meaning {
	return CORRECT.test(text) ? "correct" : WRONG.test(text) ? "wrong" : "left";
}

/** The meanings as a mapping holds them; what is left as it stands is not in it. */
export function valuesOf(meanings: Readonly<Record<string, Meaning>>): Record<string, boolean> {
	const named = Object.entries(meanings).filter(([, meaning]) => meaning !== "left");
	return Object.fromEntries(named.map(([text, meaning]) => [text, meaning === "correct"]));
}
