/** A value of a row as short text: text as it is, everything else as JSON. */
export function shorten(value: unknown, chars: number): string {
	const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
	return text.length > chars ? `${text.slice(0, chars - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}

/** A count with its noun: "1 row", "2,000 rows". */
export function count(n: number, noun: string): string {
	return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

export const duplicateMessage = (earlierRow: number): string => `The row is the same as row ${earlierRow}.`;

export function oneOutcomeMessage(responses: number, correct: boolean): string {
	const word = correct ? "correct" : "wrong";
	return responses === 1
		? `The only response to this prompt is ${word}.`
		: `All ${responses} responses to this prompt are ${word}.`;
}
