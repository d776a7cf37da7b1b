import { type Node, quotient } from "./ast.ts";
import type { Inner } from "./inner.ts";
import { INVERSES } from "./words.ts";

/** A function's name has been read: its base or power, and its argument. */
export function parseFunction(inner: Inner, name: string): Node {
	const { cursor } = inner;
	let base: Node | null = null;
	if (name === "log" && cursor.took("_")) base = cursor.nested(() => inner.exponent());
	const power = cursor.took("^") ? inner.exponent() : null;
	inner.angles++;
	const argument = cursor.sees("(") || cursor.sees("{") ? inner.primary() : inner.openArgument();
	inner.angles--;
	const inverse = power !== null && isMinusOne(power) ? INVERSES.get(name) : undefined;
	if (inverse !== undefined) return { kind: "call", name: inverse, items: [argument] };
	const value = call(name, argument, base ?? inner.whole(10));
	return power === null ? value : { kind: "power", items: [value, power] };
}

/** A logarithm without a base is the decimal one. */
function call(name: string, argument: Node, base: Node): Node {
	const of = (name: string, item: Node): Node => ({ kind: "call", name, items: [item] });
	return name === "log" ? quotient(of("ln", argument), of("ln", base)) : of(name, argument);
}

function isMinusOne(node: Node): boolean {
	if (node.kind === "product" && node.items.length === 2) {
		const [sign, one] = node.items;
		return (
			sign?.kind === "number" && sign.value.num === -1n && one?.kind === "number" && one.value.num === 1n
		);
	}
	return node.kind === "number" && node.value.num === -1n && node.value.den === 1n;
}
