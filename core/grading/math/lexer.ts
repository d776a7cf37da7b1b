import type { Budget } from "./budget.ts";
import { FUNCTION_NAMES, isUnit, PLAIN_NAMES } from "./words.ts";

export type TokenKind = "number" | "symbol" | "function" | "command" | "mark" | "word" | "begin" | "end";

export interface Token {
	readonly kind: TokenKind;
	readonly text: string;
}

/** The answer is not written as mathematics that we read. */
export class Unreadable extends Error {
	constructor(what: string) {
		super(`cannot read ${what}`);
		this.name = "Unreadable";
	}
}

const NUMBER = /\d+\.(?!\d)|\d+(?:\.\d+)?|\.\d+/y;
const LETTERS = /[A-Za-z]+/y;
const COMMAND = /\\([A-Za-z]+) ?/y;
const GROUP = /\{([^{}]*)\}/y;
const MARK = /\*\*|<=|>=|!=|\\[{}\\|]|[-+*/^_=<>()[\]{}|,;:!&]/y;

/** Commands that mean the same as another mark or command. */
const SAME: ReadonlyMap<string, string> = new Map([
	["lbrace", "\\{"],
	["rbrace", "\\}"],
	["lbrack", "["],
	["rbrack", "]"],
	["lvert", "|"],
	["rvert", "|"],
	["vert", "|"],
	["cdot", "*"],
	["times", "*"],
	["ast", "*"],
	["div", "/"],
	["le", "<="],
	["leq", "<="],
	["leqslant", "<="],
	["lt", "<"],
	["ge", ">="],
	["geq", ">="],
	["geqslant", ">="],
	["gt", ">"],
	["ne", "!="],
	["neq", "!="],
	["approx", "="],
]);

const GREEK =
	"alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau " +
	"upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell";
const SYMBOLS = new Set(GREEK.split(" "));

/**
 * The tokens of an answer in plain notation.
 * @throws Unreadable for a character that no answer holds.
 */
export function tokenise(text: string, budget: Budget): Token[] {
	const tokens: Token[] = [];
	let at = 0;
	const match = (pattern: RegExp): RegExpExecArray | null => {
		pattern.lastIndex = at;
		const found = pattern.exec(text);
		if (found !== null) at = pattern.lastIndex;
		return found;
	};
	const push = (kind: TokenKind, value: string): void => {
		tokens.push({ kind, text: value });
	};
	const group = (): string => {
		const content = match(GROUP)?.[1];
		if (content === undefined) throw new Unreadable("a command without its braces");
		return content.trim();
	};
	const command = (name: string): void => {
		const same = SAME.get(name);
		if (same !== undefined) push("mark", same);
		else if (FUNCTION_NAMES.has(name)) push("function", FUNCTION_NAMES.get(name) ?? name);
		else if (SYMBOLS.has(name)) push("symbol", `\\${name}`);
		else if (name === "begin") {
			push("begin", group());
			// The column specification of an array says nothing about its entries.
			if (tokens.at(-1)?.text === "array") match(GROUP);
		} else if (name === "end") push("end", group());
		else if (name === "mathbb") push("command", `mathbb ${group()}`);
		else if (name === "text") pushText(group());
		else push("command", name);
	};
	const pushText = (words: string): void => {
		const content = words.replace(/[\s.,;:]+$/, "");
		if (/^\d+(?:\.\d+)?$/.test(content)) push("number", content);
		else if (content !== "") push("word", content.replace(/^\((.*)\)$/, "$1"));
	};
	const letters = (run: string, spaced: boolean): void => {
		const beginsKnown = PLAIN_NAMES.some((name) => run.startsWith(name));
		const first = tokens.length === 0;
		if ((isUnit(run) && !first) || (run.length >= 4 && (spaced || first) && !beginsKnown)) {
			push("word", run);
			return;
		}
		for (let i = 0; i < run.length; ) {
			const known = PLAIN_NAMES.find((name) => run.startsWith(name, i));
			i += known?.length ?? 1;
			if (known === undefined) push("symbol", run[i - 1] as string);
			else if (known === "sqrt") push("command", "plain sqrt");
			else command(known.startsWith("inf") ? "infty" : known);
		}
	};
	while (at < text.length) {
		budget.spend(1);
		const spaced = text[at] === " ";
		if (spaced && ++at === text.length) break;
		const found = match(NUMBER);
		if (found !== null) {
			push("number", found[0]);
			continue;
		}
		const mark = match(MARK);
		if (mark !== null) {
			push("mark", mark[0] === "**" ? "^" : mark[0] === "\\|" ? "|" : mark[0]);
			continue;
		}
		const name = match(COMMAND)?.[1];
		if (name !== undefined) {
			command(name);
			continue;
		}
		const run = match(LETTERS)?.[0];
		if (run === undefined) throw new Unreadable(JSON.stringify(text[at]));
		letters(run, spaced);
	}
	return tokens;
}
