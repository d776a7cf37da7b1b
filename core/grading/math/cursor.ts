import type { Budget } from "./budget.ts";
import { type Token, Unreadable } from "./lexer.ts";

/** How deeply an answer may nest; far beyond what people write, and far from the end of the stack. */
const MAX_DEPTH = 60;

/** A place in a list of tokens. */
export class Cursor {
	private at = 0;
	private depth = 0;
	private readonly tokens: Token[];
	private readonly budget: Budget;

	constructor(tokens: readonly Token[], budget: Budget) {
		this.tokens = [...tokens];
		this.budget = budget;
	}

	peek(ahead = 0): Token | undefined {
		return this.tokens[this.at + ahead];
	}

	next(): Token {
		this.budget.spend(1);
		const token = this.tokens[this.at];
		if (token === undefined) throw new Unreadable("an answer that ends too early");
		this.at++;
		return token;
	}

	/** Whether the next token is this mark. */
	sees(mark: string, ahead = 0): boolean {
		const token = this.peek(ahead);
		return token?.kind === "mark" && token.text === mark;
	}

	seesCommand(...names: string[]): boolean {
		const token = this.peek();
		return token?.kind === "command" && names.includes(token.text);
	}

	seesKind(kind: Token["kind"], ahead = 0): boolean {
		return this.peek(ahead)?.kind === kind;
	}

	/** Takes the mark when it is next. */
	took(mark: string): boolean {
		if (!this.sees(mark)) return false;
		this.at++;
		return true;
	}

	tookCommand(...names: string[]): boolean {
		if (!this.seesCommand(...names)) return false;
		this.at++;
		return true;
	}

	expect(mark: string): void {
		if (!this.took(mark)) throw new Unreadable(`an answer without its ${mark}`);
	}

	/** Takes the first digit of the numeral that is next: `\frac12` is one half. */
	nextDigit(): Token {
		const { text } = this.next();
		const [digit = "", rest] = [text.slice(0, 1), text.slice(1)];
		if (rest !== "") this.tokens[--this.at] = { kind: "number", text: rest };
		return { kind: "number", text: digit };
	}

	/** Runs a step that may call itself again. */
	nested<T>(step: () => T): T {
		if (++this.depth > MAX_DEPTH) throw new Unreadable("an answer nested this deeply");
		const result = step();
		this.depth--;
		return result;
	}
}
