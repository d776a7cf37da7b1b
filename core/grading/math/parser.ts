import { MINUS_ONE, type Node, type Relation } from "./ast.ts";
import type { Budget } from "./budget.ts";
import { Cursor } from "./cursor.ts";
import type { Inner } from "./inner.ts";
import { tokenise, Unreadable } from "./lexer.ts";
import { parsePostfix } from "./postfix.ts";
import { parsePrimary } from "./primary.ts";
import { integer, isInteger } from "./rational.ts";

const RELATIONS: readonly Relation[] = ["=", "<", "<=", ">", ">=", "!="];
/** Commands that can begin a factor. */
const FACTOR_COMMANDS = [
	"frac",
	"sqrt",
	"plain sqrt",
	"binom",
	"pi",
	"infty",
	"lfloor",
	"lceil",
	"overline",
	"langle",
];

/**
 * Reads an answer in plain notation (see `plainNotation`) by recursive descent; its text is never run.
 * @throws Unreadable for anything that is not an answer we know, BudgetSpent for too long a one.
 */
export function parseAnswer(plain: string, budget: Budget): Node {
	const parser = new Parser(new Cursor(tokenise(plain, budget), budget), budget);
	return parser.answer();
}

class Parser implements Inner {
	readonly cursor: Cursor;
	readonly budget: Budget;
	/** Bars that are open: the next one closes. */
	bars = 0;
	/** Functions whose argument is being read: a degree sign counts there. */
	angles = 0;
	private signs = 0;

	constructor(cursor: Cursor, budget: Budget) {
		this.cursor = cursor;
		this.budget = budget;
	}

	answer(): Node {
		const members = this.list();
		if (this.cursor.peek() !== undefined) throw new Unreadable(JSON.stringify(this.cursor.peek()?.text));
		return members.length === 1 ? (members[0] as Node) : { kind: "set", items: members };
	}

	/** Members between commas or semicolons, at least one. */
	list(): Node[] {
		const members = [this.item()];
		while (this.cursor.took(",") || this.cursor.took(";")) members.push(this.item());
		return members;
	}

	/** One member: an expression, or a chain of relations. */
	item(): Node {
		return this.cursor.nested(() => {
			const items = [this.union()];
			const operators: Relation[] = [];
			for (let operator = this.relation(); operator !== null; operator = this.relation()) {
				operators.push(operator);
				items.push(this.union());
			}
			return operators.length === 0 ? (items[0] as Node) : { kind: "relation", operators, items };
		});
	}

	private relation(): Relation | null {
		if (this.cursor.tookCommand("in")) return "in";
		return RELATIONS.find((operator) => this.cursor.took(operator)) ?? null;
	}

	private union(): Node {
		const items = [this.sum()];
		while (this.cursor.tookCommand("cup")) items.push(this.sum());
		return items.length === 1 ? (items[0] as Node) : { kind: "union", items };
	}

	private sum(): Node {
		const items: Node[] = [];
		do {
			items.push(this.signed(() => this.term()));
		} while (this.seesSign());
		return items.length === 1 ? (items[0] as Node) : { kind: "sum", items };
	}

	private seesSign(): boolean {
		return this.cursor.sees("+") || this.cursor.sees("-") || this.cursor.seesCommand("pm", "mp");
	}

	/** What `operand` reads, behind any number of signs. */
	private signed(operand: () => Node): Node {
		const factors: Node[] = [];
		while (this.seesSign()) {
			const { text } = this.cursor.next();
			if (text === "-") factors.push(MINUS_ONE);
			// A minus-or-plus goes against the plus-or-minus that came before it.
			else if (text === "pm") factors.push({ kind: "sign", index: this.signs++, opposite: false });
			else if (text === "mp") {
				factors.push({ kind: "sign", index: Math.max(0, this.signs - 1), opposite: true });
			}
		}
		const node = operand();
		return factors.length === 0 ? node : { kind: "product", items: [...factors, node] };
	}

	private term(): Node {
		let items = [this.factor()];
		let bareInteger = this.isInteger(items[0]);
		for (;;) {
			if (this.cursor.took("*")) items.push(this.signed(() => this.factor()));
			else if (this.cursor.took("/") || this.cursor.took(":")) {
				const over: Node = items.length === 1 ? (items[0] as Node) : { kind: "product", items };
				items = [{ kind: "quotient", items: [over, this.signed(() => this.factor())] }];
			} else if (this.beginsFactor()) {
				const mixed = bareInteger && this.cursor.seesCommand("frac");
				if (this.cursor.seesKind("number") && items.at(-1)?.kind === "number") {
					throw new Unreadable("two numerals side by side");
				}
				const factor = this.factor();
				const last = items.at(-1) as Node;
				if (mixed && this.isProperFraction(factor))
					items[items.length - 1] = { kind: "sum", items: [last, factor] };
				else items.push(factor);
			} else break;
			bareInteger = false;
		}
		return items.length === 1 ? (items[0] as Node) : { kind: "product", items };
	}

	private isInteger(node: Node | undefined): boolean {
		return node?.kind === "number" && isInteger(node.value);
	}

	/** Whether a whole number before it makes a mixed number rather than a product. */
	private isProperFraction(node: Node): boolean {
		if (node.kind !== "quotient") return false;
		const [over, under] = node.items;
		if (over.kind !== "number" || under.kind !== "number") return false;
		return this.isInteger(over) && this.isInteger(under) && over.value.num < under.value.num;
	}

	private beginsFactor(): boolean {
		const token = this.cursor.peek();
		if (token === undefined) return false;
		const { kind, text } = token;
		if (kind === "command") return FACTOR_COMMANDS.includes(text);
		if (kind === "mark") return "([{".includes(text) || (text === "|" && this.bars === 0);
		return kind === "number" || kind === "symbol" || kind === "function" || kind === "begin";
	}

	/** A value with its powers, marks and units. */
	private factor(): Node {
		return this.cursor.nested(() => parsePostfix(this, parsePrimary(this)));
	}

	primary(): Node {
		return this.cursor.nested(() => parsePrimary(this));
	}

	/** What stands behind `^`: a group, a signed numeral, or one value. */
	exponent(): Node {
		return this.cursor.nested(() =>
			this.signed(() => {
				const base = parsePrimary(this);
				if (!this.cursor.took("^")) return base;
				return { kind: "power", items: [base, this.exponent()] };
			}),
		);
	}

	/** The argument of a function written without brackets, such as `2x` in `\sin 2x`. */
	openArgument(): Node {
		const items = [this.signed(() => this.factor())];
		while (this.beginsFactor() && !this.cursor.seesKind("function")) items.push(this.factor());
		return items.length === 1 ? (items[0] as Node) : { kind: "product", items };
	}

	/** A whole number as a node. */
	whole(value: number): Node {
		return { kind: "number", value: integer(value) };
	}
}
