import type { Rational } from "./rational.ts";

export type Opening = "(" | "[";
export type Closing = ")" | "]";
export type Relation = "=" | "in" | "<" | "<=" | ">" | ">=" | "!=";

/** An answer as mathematics, without its notation. */
export type Node =
	| { readonly kind: "number"; readonly value: Rational }
	| { readonly kind: "constant"; readonly name: "pi" | "e" | "i" | "infinity" }
	| { readonly kind: "symbol"; readonly name: string }
	| { readonly kind: "sum"; readonly items: readonly Node[] }
	| { readonly kind: "product"; readonly items: readonly Node[] }
	| { readonly kind: "quotient"; readonly items: readonly [Node, Node] }
	| { readonly kind: "power"; readonly items: readonly [Node, Node] }
	| { readonly kind: "call"; readonly name: string; readonly items: readonly Node[] }
	/** The factor 1 or -1 of the `index`-th plus-or-minus; `opposite` for minus-or-plus. */
	| { readonly kind: "sign"; readonly index: number; readonly opposite: boolean }
	/** A numeral in a written base, such as 52 in base 8. */
	| { readonly kind: "based"; readonly digits: string; readonly base: string }
	/** A tuple or an interval: the same text may mean either. */
	| {
			readonly kind: "sequence";
			readonly open: Opening;
			readonly close: Closing;
			readonly items: readonly Node[];
	  }
	/** Members in any order: in braces, or separated by commas alone. */
	| { readonly kind: "set"; readonly items: readonly Node[] }
	| { readonly kind: "union"; readonly items: readonly Node[] }
	/** Entries row by row. */
	| { readonly kind: "matrix"; readonly columns: number; readonly items: readonly Node[] }
	| { readonly kind: "relation"; readonly operators: readonly Relation[]; readonly items: readonly Node[] }
	| { readonly kind: "text"; readonly text: string };

export type Kind = Node["kind"];
export type NodeOf<K extends Kind> = Extract<Node, { kind: K }>;

export const numberNode = (value: Rational): Node => ({ kind: "number", value });
export const MINUS_ONE: Node = numberNode({ num: -1n, den: 1n });
export const INFINITY: Node = { kind: "constant", name: "infinity" };

export const product = (...items: Node[]): Node => ({ kind: "product", items });
export const negate = (node: Node): Node => product(MINUS_ONE, node);
export const minus = (a: Node, b: Node): Node => ({ kind: "sum", items: [a, negate(b)] });
export const quotient = (over: Node, under: Node): Node => ({ kind: "quotient", items: [over, under] });

export const itemsOf = (node: Node): readonly Node[] => ("items" in node ? node.items : []);

/** Whether `test` holds for the node or anything within it. */
export function some(node: Node, test: (node: Node) => boolean): boolean {
	return test(node) || itemsOf(node).some((item) => some(item, test));
}

/** The node with `change` applied to everything within it, from the leaves up. */
export function rewrite(node: Node, change: (node: Node) => Node): Node {
	if (!("items" in node)) return change(node);
	const items = node.items.map((item) => rewrite(item, change));
	return change({ ...node, items } as Node);
}

/** Equality of form. */
export function sameForm(a: Node, b: Node): boolean {
	return formOf(a) === formOf(b);
}

function formOf(node: Node): string {
	return JSON.stringify(node, (_key, value: unknown) =>
		typeof value === "bigint" ? value.toString() : value,
	);
}

/** Names of the variables in the node, sorted. */
export function variablesOf(...nodes: readonly Node[]): string[] {
	const names = new Set<string>();
	const visit = (node: Node): void => {
		if (node.kind === "symbol") names.add(node.name);
		itemsOf(node).forEach(visit);
	};
	nodes.forEach(visit);
	return [...names].sort();
}
