import type { ApiOutput } from "../../../core/contract/api.ts";

export interface Problem {
	prompt: string;
	reference: string | null;
}

/** The different problems among rows, by the columns that are read as prompt and reference. */
export function problemsOfRows(
	columns: readonly { name: string; usedAs: string | null }[],
	{ columns: names, rows }: Pick<ApiOutput<"data.rows">, "columns" | "rows">,
): Problem[] {
	const place = (role: string) => names.indexOf(columns.find(({ usedAs }) => usedAs === role)?.name ?? "");
	const [promptAt, referenceAt] = [place("prompt"), place("reference")];
	const found = new Map<string, Problem>();
	for (const { values, level } of rows) {
		const prompt = values[promptAt];
		// Several responses to one prompt are one problem; a row in error holds none.
		if (!prompt || isCut(prompt) || level === "error" || found.has(prompt)) continue;
		const reference = values[referenceAt] ?? null;
		found.set(prompt, { prompt, reference: reference !== null && isCut(reference) ? null : reference });
	}
	return [...found.values()];
}

/** Rows show long values shortened; half a problem is none. */
function isCut(value: string): boolean {
	return value.endsWith("…");
}
