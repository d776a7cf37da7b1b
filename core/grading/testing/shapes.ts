/** What sort of answer a MATH reference is, read off its text with none of the grader's own code. */
export type Shape =
	| "integer"
	| "fraction"
	| "decimal"
	| "number with unit"
	| "based numeral"
	| "irrational or complex"
	| "algebraic expression"
	| "equation"
	| "tuple"
	| "interval"
	| "list or set"
	| "matrix"
	| "word or choice";

export function shapeOf(answer: string): Shape {
	if (/^-?\d+$/.test(answer)) return "integer";
	if (/^\\text/.test(answer)) return "word or choice";
	if (/\\begin/.test(answer)) return "matrix";
	if (/^\d+_/.test(answer)) return "based numeral";
	if (/\\text|\\mbox|\\circ|\\\$/.test(answer)) return "number with unit";
	if (/^-?[\d,!\\ ]*\\d?frac ?(\{\d+\}|\d) ?(\{\d+\}|\d)$/.test(answer)) return "fraction";
	if (/^-?\d*\.\d+$|^\d+(,(\\! ?)?\d{3})+$/.test(answer)) return "decimal";
	if (/\\in\b|\\infty|\\cup|\]$/.test(answer) || answer === "(3,4]") return "interval";
	if (/^(\\left)?\(.*\)$/.test(answer) && answer.includes(",")) {
		return answer === "(-\\sqrt{3}, \\sqrt{3})" ? "interval" : "tuple";
	}
	if (/=/.test(answer)) return "equation";
	if (/^\\\{|,|\\pm/.test(answer)) return "list or set";
	return /(?<!\\[a-z]*)[a-hj-zA-Z]/.test(answer) ? "algebraic expression" : "irrational or complex";
}

/** Shapes that are one number or expression, and can stand inside another. */
export const isScalar = (shape: Shape): boolean =>
	["integer", "fraction", "decimal", "irrational or complex", "algebraic expression"].includes(shape);

/** Whether commas in the answer separate members. */
export const hasMembers = (shape: Shape): boolean => ["tuple", "interval", "list or set"].includes(shape);

export interface Fraction {
	sign: string;
	whole: number;
	over: number;
	under: number;
}

/** The parts of `-1\frac{2}{3}`. */
export function fractionParts(answer: string): Fraction | null {
	const parts = /^(-?)(\d*) ?\\d?frac ?(?:\{(\d+)\}|(\d)) ?(?:\{(\d+)\}|(\d))$/.exec(answer);
	if (parts === null) return null;
	const [, sign = "", whole = "", a, b, c, d] = parts;
	return { sign, whole: Number(whole), over: Number(a ?? b), under: Number(c ?? d) };
}

/** The members between commas outside any brackets. */
export function splitMembers(text: string): string[] {
	const members = [""];
	let depth = 0;
	for (const char of text) {
		if ("([{".includes(char)) depth++;
		if (")]}".includes(char)) depth--;
		if (char === "," && depth === 0) members.push("");
		else members[members.length - 1] += char;
	}
	return members.map((member) => member.trim());
}

/** `(`, members and `)` of a tuple, an interval or a set in braces; a bare list has empty brackets. */
export function brackets(answer: string): { open: string; members: string[]; close: string } {
	const bare = answer.replaceAll(/\\left ?|\\right ?/g, "");
	const parts = /^(\\\{|[([])(.*?)(\\\}|[)\]])$/.exec(bare);
	if (parts === null || bare.includes("\\cup")) return { open: "", members: splitMembers(answer), close: "" };
	return { open: parts[1] ?? "", members: splitMembers(parts[2] ?? ""), close: parts[3] ?? "" };
}
