/** What a typed number may be. */
export interface NumberRule {
	min?: number | undefined;
	max?: number | undefined;
	integer?: boolean | undefined;
	/** An empty field is allowed and means "not set". */
	optional?: boolean | undefined;
}

/** Reads a typed number: `1,024`, `5e-7`, `−0.3`, `.5`; `undefined` when it is not one. */
export function parseNumber(text: string): number | undefined {
	const plain = text
		.trim()
		.replaceAll("−", "-")
		.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
	if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined;
	const value = Number(plain);
	return Number.isFinite(value) ? value : undefined;
}

/** What is wrong with a typed number, in words, or `undefined`. */
export function numberProblem(text: string, rule: NumberRule): string | undefined {
	if (text.trim() === "") return rule.optional ? undefined : "A number is needed.";
	const value = parseNumber(text);
	if (value === undefined) return `'${text.trim()}' is not a number.`;
	if (rule.integer && !Number.isInteger(value)) return "A whole number is needed.";
	if (rule.min !== undefined && value < rule.min) return `At least ${rule.min}.`;
	if (rule.max !== undefined && value > rule.max) return `At most ${rule.max}.`;
	return undefined;
}
