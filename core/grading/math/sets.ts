import {
	type Closing,
	INFINITY,
	itemsOf,
	MINUS_ONE,
	type Node,
	type NodeOf,
	negate,
	numberNode,
	type Opening,
	product,
	rewrite,
	some,
} from "./ast.ts";
import type { Budget } from "./budget.ts";
import { integer } from "./rational.ts";

/** More plus-or-minus signs than this are left as they are. */
const MAX_SIGNS = 4;

const STEPS_PER_CHOICE = 20;

/** Writes out every plus-or-minus, and inequalities as intervals: what an answer says, in one form. */
export function settle(answer: Node, budget: Budget): Node {
	const members = answer.kind === "set" ? answer.items : [answer];
	const expanded = members.flatMap((member) => withoutSigns(member, budget)).map(asInterval);
	if (answer.kind !== "set" && expanded.length === 1) return expanded[0] as Node;
	const intervals = expanded.every((member, i) => member.kind === "sequence" && member !== members[i]);
	return intervals && expanded.length > 1
		? { kind: "union", items: expanded }
		: { kind: "set", items: expanded };
}

/** One node for every choice of the signs in it. */
function withoutSigns(node: Node, budget: Budget): Node[] {
	const indices = new Set<number>();
	const visit = (inner: Node): void => {
		if (inner.kind === "sign") indices.add(inner.index);
		itemsOf(inner).forEach(visit);
	};
	visit(node);
	if (indices.size === 0 || indices.size > MAX_SIGNS) return [node];
	const places = [...indices];
	budget.spend(STEPS_PER_CHOICE * 2 ** places.length);
	return Array.from({ length: 2 ** places.length }, (_, choice) =>
		rewrite(node, (inner) => {
			if (inner.kind !== "sign") return inner;
			const negative = ((choice >> places.indexOf(inner.index)) & 1) === 1;
			return negative === inner.opposite ? numberNode(integer(1)) : MINUS_ONE;
		}),
	);
}

const isConstant = (node: Node): boolean =>
	!some(node, ({ kind }) => kind === "symbol" || kind === "relation");

/** `a < x <= b`, `x < b` and their mirror images as intervals; anything else as it is. */
function asInterval(node: Node): Node {
	if (node.kind !== "relation") return node;
	const upwards = node.operators.every((operator) => operator === "<" || operator === "<=");
	const downwards = node.operators.every((operator) => operator === ">" || operator === ">=");
	if (!upwards && !downwards) return node;
	const turned = (operator: string): string => operator.replace(">", "<");
	const items = upwards ? node.items : [...node.items].reverse();
	const strict = (upwards ? node.operators : [...node.operators].reverse()).map((o) => turned(o) === "<");
	const [a, b, c] = items;
	if (a === undefined || b === undefined || items.length > 3) return node;
	if (c === undefined) {
		if (a.kind === "symbol" && isConstant(b)) return interval("(", negate(INFINITY), b, closing(strict[0]));
		if (b.kind === "symbol" && isConstant(a)) return interval(opening(strict[0]), a, INFINITY, ")");
		return node;
	}
	if (b.kind !== "symbol" || !isConstant(a) || !isConstant(c)) return node;
	return interval(opening(strict[0]), a, c, closing(strict[1]));
}

const opening = (strict: boolean | undefined): Opening => (strict ? "(" : "[");
const closing = (strict: boolean | undefined): Closing => (strict ? ")" : "]");
const interval = (open: Opening, from: Node, to: Node, close: Closing): Node => ({
	kind: "sequence",
	open,
	close,
	items: [from, to],
});

/** A matrix that numbers stand before, with the numbers taken into its entries; otherwise null. */
export function asMatrix(node: Node): NodeOf<"matrix"> | null {
	if (node.kind === "matrix") return node;
	if (node.kind === "quotient") {
		const [over, under] = node.items;
		const matrix = asMatrix(over);
		if (matrix === null) return null;
		return { ...matrix, items: matrix.items.map((item) => ({ kind: "quotient", items: [item, under] })) };
	}
	if (node.kind !== "product") return null;
	const matrices = node.items.filter((item) => item.kind === "matrix");
	const [matrix] = matrices;
	if (matrices.length !== 1 || matrix?.kind !== "matrix") return null;
	const factors = node.items.filter((item) => item !== matrix);
	return { ...matrix, items: matrix.items.map((item) => product(...factors, item)) };
}
