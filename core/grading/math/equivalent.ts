import { minus, type Node, type NodeOf, sameForm, some } from "./ast.ts";
import { Budget, BudgetSpent } from "./budget.ts";
import { Unreadable } from "./lexer.ts";
import { plainNotation, spellingOf } from "./notation.ts";
import { constantRatio, equalExpressions } from "./numeric.ts";
import { parseAnswer } from "./parser.ts";
import { asMatrix, settle } from "./sets.ts";

/** Steps that one comparison may take: tens of milliseconds at most. */
const STEPS = 30_000;
/** Longer answers are compared as text alone. */
const MAX_LENGTH = 2000;

/**
 * Whether two answers to a MATH problem, in LaTeX or plain text, say the same: by spelling, by value, member by member
 * and by symbolic equality. Takes a bounded number of steps; what cannot be decided within them is not equal.
 */
export function equivalentAnswers(a: string, b: string): boolean {
	if (a.length > MAX_LENGTH || b.length > MAX_LENGTH)
		return a.length === b.length && a === b && a.trim() !== "";
	const [plainA, plainB] = [plainNotation(a), plainNotation(b)];
	const spelling = spellingOf(plainA);
	if (spelling === "" || plainB === "") return false;
	if (spelling === spellingOf(plainB)) return true;
	const budget = new Budget(STEPS);
	try {
		return sameAnswer(
			settle(parseAnswer(plainA, budget), budget),
			settle(parseAnswer(plainB, budget), budget),
			budget,
		);
	} catch (error) {
		if (error instanceof Unreadable || error instanceof BudgetSpent) return false;
		throw error;
	}
}

function sameAnswer(a: Node, b: Node, budget: Budget): boolean {
	budget.spend(2);
	if (a.kind === "relation" && b.kind === "relation") return sameRelation(a, b, budget);
	if (a.kind === "relation" || b.kind === "relation") {
		const [named, other] = a.kind === "relation" ? [a, b] : [b as NodeOf<"relation">, a];
		const value = namedValue(named)?.value;
		return value !== undefined && sameAnswer(settle(value, budget), other, budget);
	}
	const [matrixA, matrixB] = [asMatrix(a), asMatrix(b)];
	if (matrixA !== null && matrixB !== null) {
		return matrixA.columns === matrixB.columns && sameInOrder(matrixA.items, matrixB.items, budget);
	}
	if (a.kind === "sequence" && b.kind === "sequence") {
		return a.open === b.open && a.close === b.close && sameInOrder(a.items, b.items, budget);
	}
	if ((a.kind === "set" && b.kind === "set") || (a.kind === "union" && b.kind === "union")) {
		return sameMembers(a.items, b.items, budget);
	}
	if (a.kind === "text" && b.kind === "text")
		return letters(a.text) === letters(b.text) && letters(a.text) !== "";
	if (a.kind === "based" && b.kind === "based") return sameForm(a, b);
	if (!isExpression(a) || !isExpression(b)) return false;
	return equalExpressions(a, b, budget);
}

const COMPOUND: readonly Node["kind"][] = [
	"sequence",
	"set",
	"union",
	"matrix",
	"relation",
	"text",
	"based",
	"sign",
];
const isExpression = (node: Node): boolean => !some(node, ({ kind }) => COMPOUND.includes(kind));

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");

function sameInOrder(a: readonly Node[], b: readonly Node[], budget: Budget): boolean {
	return a.length === b.length && a.every((item, i) => sameAnswer(item, b[i] as Node, budget));
}

/** Every member of each is in the other. */
function sameMembers(a: readonly Node[], b: readonly Node[], budget: Budget): boolean {
	const within = (some: readonly Node[], all: readonly Node[]): boolean =>
		some.every((item) => all.some((other) => sameAnswer(item, other, budget)));
	return within(a, b) && within(b, a);
}

/** `y` and `2x + 3` of `y = 2x + 3`; `x` and the interval of `x \in [0,1]`; null when nothing is named. */
function namedValue({ operators, items }: NodeOf<"relation">): { name: Node; value: Node } | null {
	if (!operators.every((operator) => operator === "=" || operator === "in")) return null;
	const [first, last] = [items[0] as Node, items.at(-1) as Node];
	if (isName(first)) return { name: first, value: last };
	return isName(last) && operators.length === 1 ? { name: last, value: first } : null;
}

/** `x`, `AB`, `f(x)`, `(x,y)` or words. */
function isName(node: Node): boolean {
	if (node.kind === "symbol" || node.kind === "text") return true;
	return (node.kind === "product" || node.kind === "sequence") && node.items.every(isName);
}

function sameRelation(a: NodeOf<"relation">, b: NodeOf<"relation">, budget: Budget): boolean {
	const [namedA, namedB] = [namedValue(a), namedValue(b)];
	if (namedA !== null && namedB !== null) {
		// `f(x) = ...` and `y = ...` may name the same thing; `x = ...` and `y = ...` do not.
		const alike =
			[namedA, namedB].some(({ name }) => name.kind !== "symbol") || sameForm(namedA.name, namedB.name);
		if (alike && sameAnswer(settle(namedA.value, budget), settle(namedB.value, budget), budget)) return true;
	}
	return sameEquation(a, b, budget);
}

/** Equations and inequalities of two sides that differ by a constant factor. */
function sameEquation(a: NodeOf<"relation">, b: NodeOf<"relation">, budget: Budget): boolean {
	if (sameForm(a, b)) return true;
	if (a.items.length !== 2 || b.items.length !== 2 || !a.items.every(isExpression)) return false;
	if (!b.items.every(isExpression)) return false;
	const [operatorA, operatorB] = [a.operators[0], b.operators[0]];
	if (operatorA === undefined || operatorA?.replace(">", "<") !== operatorB?.replace(">", "<")) return false;
	const difference = ({ items }: NodeOf<"relation">): Node => minus(items[0] as Node, items[1] as Node);
	const ratio = constantRatio(difference(a), difference(b), budget);
	if (operatorA === "=" || operatorA === "!=") return ratio !== 0;
	return operatorA !== "in" && ratio === (operatorA === operatorB ? 1 : -1);
}
