import { type Node, numberNode, product, quotient } from "./ast.ts";
import type { Inner } from "./inner.ts";
import { Unreadable } from "./lexer.ts";
import { integer } from "./rational.ts";

/** How many factorials may be stacked; also bounds the depth of the tree. */
const MAX_FACTORIALS = 3;

/** What follows a value: powers, factorials, degree signs, and units, which are left off. */
export function parsePostfix(inner: Inner, value: Node): Node {
	const { cursor } = inner;
	let node = value;
	let factorials = 0;
	for (;;) {
		if (cursor.took("^")) node = { kind: "power", items: [node, inner.exponent()] };
		else if (cursor.took("!")) {
			if (++factorials > MAX_FACTORIALS) throw new Unreadable("a factorial of factorials");
			node = { kind: "call", name: "factorial", items: [node] };
		} else if (cursor.tookCommand("degree")) {
			if (inner.angles > 0) node = product(node, degree());
		} else if (cursor.seesKind("word") && node.kind !== "text") skipUnit(inner);
		else return node;
	}
}

const degree = (): Node => quotient({ kind: "constant", name: "pi" }, numberNode(integer(180)));

/** Passes over `\text{ cm}^2` and `\text{ m}/\text{s}`. */
function skipUnit({ cursor }: Inner): void {
	cursor.next();
	if (cursor.took("^")) {
		if (cursor.took("{")) {
			cursor.took("-");
			cursor.next();
			cursor.expect("}");
		} else cursor.next();
	}
	if (cursor.sees("/") && cursor.seesKind("word", 1)) cursor.next();
}
