import { type Closing, INFINITY, type Node, negate, numberNode, type Opening } from "./ast.ts";
import { parseFunction } from "./functions.ts";
import type { Inner } from "./inner.ts";
import { type Token, Unreadable } from "./lexer.ts";
import { fromDecimal } from "./rational.ts";

/** A value without what may follow it. */
export function parsePrimary(inner: Inner): Node {
	const { cursor } = inner;
	const token = cursor.next();
	switch (token.kind) {
		case "number":
			return numeral(inner, token);
		case "symbol":
			return symbol(inner, token.text);
		case "function":
			return parseFunction(inner, token.text);
		case "word":
			return words(inner, token.text);
		case "begin":
			return matrix(inner, token.text);
		case "command":
			return command(inner, token.text);
		case "mark":
			return bracketed(inner, token.text);
		case "end":
			throw new Unreadable(`\\end{${token.text}}`);
	}
}

function numeral(inner: Inner, { text }: Token): Node {
	const { cursor, budget } = inner;
	if (cursor.took("_"))
		return { kind: "based", digits: text.replace(/^0+(?=\d)/, ""), base: subscript(inner) };
	const repeating = text.includes(".") && cursor.tookCommand("overline") ? subscript(inner) : "";
	if (!/^\d*$/.test(repeating)) throw new Unreadable("a repeating part without digits");
	const value = fromDecimal(text, repeating, budget);
	if (value === null) throw new Unreadable("a number this long");
	return numberNode(value);
}

function symbol(inner: Inner, name: string): Node {
	if (name === "e" || name === "i") return { kind: "constant", name };
	return { kind: "symbol", name: inner.cursor.took("_") ? `${name}_${subscript(inner)}` : name };
}

/** The text of a subscript or of a command's one group, without its braces. */
function subscript({ cursor }: Inner): string {
	if (!cursor.took("{")) return cursor.next().text;
	let text = "";
	while (!cursor.took("}")) text += cursor.next().text;
	return text;
}

/** Words; a single letter, as for a choice, is a symbol. */
function words({ cursor }: Inner, first: string): Node {
	let text = first;
	while (cursor.seesKind("word")) text += ` ${cursor.next().text}`;
	return /^[A-Za-z]$/.test(text) ? { kind: "symbol", name: text } : { kind: "text", text };
}

function command(inner: Inner, name: string): Node {
	const { cursor } = inner;
	switch (name) {
		case "frac":
			return { kind: "quotient", items: [argument(inner), argument(inner)] };
		case "binom":
			return { kind: "call", name: "binom", items: [argument(inner), argument(inner)] };
		case "sqrt":
			return root(inner, argument);
		case "plain sqrt":
			return root(inner, (inner) => inner.primary());
		case "pi":
			return { kind: "constant", name: "pi" };
		case "infty":
			return INFINITY;
		case "overline":
			return { kind: "symbol", name: `overline ${subscript(inner)}` };
		case "emptyset":
		case "varnothing":
			return { kind: "set", items: [] };
		case "mathbb R":
			return { kind: "sequence", open: "(", close: ")", items: [negate(INFINITY), INFINITY] };
		case "lfloor":
		case "lceil":
			return rounded(inner, name);
		case "langle": {
			const items = inner.list();
			if (!cursor.tookCommand("rangle")) throw new Unreadable("a vector without its end");
			return { kind: "sequence", open: "(", close: ")", items };
		}
		default:
			throw new Unreadable(`\\${name}`);
	}
}

function rounded(inner: Inner, opening: "lfloor" | "lceil"): Node {
	const node = inner.item();
	if (!inner.cursor.tookCommand(opening.replace("l", "r")))
		throw new Unreadable(`\\${opening} without its end`);
	return { kind: "call", name: opening === "lfloor" ? "floor" : "ceil", items: [node] };
}

/** The argument of a LaTeX command: a group, one digit, or one value. */
function argument(inner: Inner): Node {
	const { cursor } = inner;
	if (!cursor.seesKind("number")) return inner.primary();
	return numeral(inner, cursor.nextDigit());
}

/** `\sqrt{x}`, `\sqrt[3]{x}` and the plain `sqrt(x)`, which takes a whole numeral. */
function root(inner: Inner, radicand: (inner: Inner) => Node): Node {
	const { cursor } = inner;
	let degree = inner.whole(2);
	if (cursor.took("[")) {
		degree = inner.item();
		cursor.expect("]");
	}
	return { kind: "call", name: "root", items: [radicand(inner), degree] };
}

function bracketed(inner: Inner, mark: string): Node {
	const { cursor } = inner;
	if (mark === "{") {
		const items = inner.list();
		cursor.expect("}");
		return items.length === 1 ? (items[0] as Node) : { kind: "set", items };
	}
	if (mark === "|") {
		inner.bars++;
		const node = inner.item();
		cursor.expect("|");
		inner.bars--;
		return { kind: "call", name: "abs", items: [node] };
	}
	if (mark === "\\{") {
		if (cursor.took("\\}")) return { kind: "set", items: [] };
		const items = unbarred(inner);
		cursor.expect("\\}");
		return { kind: "set", items };
	}
	if (mark !== "(" && mark !== "[") throw new Unreadable(JSON.stringify(mark));
	const items = unbarred(inner);
	return closed(inner, mark, items);
}

/** Members within brackets, where a bar opens again. */
function unbarred(inner: Inner): Node[] {
	const { bars } = inner;
	inner.bars = 0;
	const items = inner.list();
	inner.bars = bars;
	return items;
}

function closed({ cursor }: Inner, open: Opening, items: Node[]): Node {
	const close: Closing = cursor.took(")") ? ")" : "]";
	if (close === "]") cursor.expect("]");
	const [only] = items;
	if (items.length > 1 || only === undefined) return { kind: "sequence", open, close, items };
	if ((open === "(") !== (close === ")")) throw new Unreadable("unlike brackets around one value");
	return only;
}

const ENVIRONMENTS = ["matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"];

function matrix(inner: Inner, environment: string): Node {
	const { cursor } = inner;
	if (!ENVIRONMENTS.includes(environment)) throw new Unreadable(`\\begin{${environment}}`);
	const rows: Node[][] = [];
	while (!cursor.seesKind("end")) {
		const row = [inner.item()];
		while (cursor.took("&")) row.push(inner.item());
		rows.push(row);
		if (!cursor.took("\\\\")) break;
	}
	if (cursor.next().text !== environment) throw new Unreadable("a matrix without its end");
	const columns = rows[0]?.length ?? 0;
	if (rows.some((row) => row.length !== columns)) throw new Unreadable("a matrix of uneven rows");
	return { kind: "matrix", columns, items: rows.flat() };
}
