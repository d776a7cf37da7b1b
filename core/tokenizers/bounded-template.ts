import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

/** Steps of a rendering; a conversation of a thousand messages takes some thirty thousand. */
const MAX_STEPS = 300_000;
/** Characters of any text, and items of any list, that a template makes on its way. */
const MAX_CHARACTERS = 10_000_000;
const MAX_ITEMS = 100_000;
/** What making a list or a text counts as, in steps: copying is quicker than stepping. */
const STEPS_PER_ITEM = 0.1;
const STEPS_PER_CHARACTER = 0.01;

interface Value {
	type: string;
	value: unknown;
}

/** The part of the library's interpreter that we use; its own declarations do not resolve under Node's module rules. */
interface HfInterpreter {
	run(program: unknown): Value;
	evaluate(statement: unknown, environment: unknown): Value;
	evaluateBlock(statements: readonly unknown[], environment: unknown): Value;
	evaluateFor(node: { body: readonly unknown[] }, environment: unknown): Value;
}
const Base = Interpreter as unknown as new (environment: unknown) => HfInterpreter;

/** A `break` or `continue` on its way to its loop, and what the round of the loop has written before, which the library forgets. */
interface Leaving {
	kind: "Break" | "Continue";
	text: string;
}

/** Whether an expression makes its value, and does not only look it up. */
function isMade(statement: unknown): boolean {
	if (statement === undefined) return false;
	const { type, property } = statement as { type: string; property?: { type: string } };
	return type !== "Identifier" && (type !== "MemberExpression" || property?.type === "SliceExpression");
}

class BoundedInterpreter extends Base {
	private steps = 0;
	/** The loops that are being run, innermost last. */
	private readonly loops: { body: readonly unknown[]; broken: unknown }[] = [];
	private readonly leaving = new WeakMap<object, Leaving>();

	override evaluate(statement: unknown, environment: unknown): Value {
		this.steps += 1;
		if (this.steps > MAX_STEPS) throw new Error("it does not come to an end.");
		const result = this.evaluateOrLeave(statement, environment);
		const { type, value } = result;
		if (typeof value === "string" && value.length > MAX_CHARACTERS)
			throw new Error("its text grows too long.");
		if (Array.isArray(value) && value.length > MAX_ITEMS) throw new Error("it makes a list too long.");
		if (isMade(statement)) {
			if (typeof value === "string") this.steps += value.length * STEPS_PER_CHARACTER;
			if (Array.isArray(value)) this.steps += value.length * STEPS_PER_ITEM;
		}
		if (type === "BooleanValue") result.toString = () => (value === true ? "True" : "False");
		return result;
	}

	private evaluateOrLeave(statement: unknown, environment: unknown): Value {
		try {
			return super.evaluate(statement, environment);
		} catch (error) {
			const { type: kind } = statement as { type: string };
			if (kind === "Break" || kind === "Continue") this.leaving.set(error as Error, { kind, text: "" });
			throw error;
		}
	}

	override evaluateFor(node: { body: readonly unknown[] }, environment: unknown): Value {
		this.loops.push({ body: node.body, broken: null });
		try {
			return super.evaluateFor(node, environment);
		} finally {
			this.loops.pop();
		}
	}

	override evaluateBlock(statements: readonly unknown[], environment: unknown): Value {
		const loop = this.loops.at(-1);
		const round = loop?.body === statements ? loop : undefined;
		if (round?.broken) throw round.broken;
		let text = "";
		try {
			for (const statement of statements) {
				const result = this.evaluate(statement, environment);
				if (result.type !== "NullValue" && result.type !== "UndefinedValue") text += String(result);
			}
		} catch (error) {
			const leaving = this.leaving.get(error as Error);
			if (leaving === undefined) throw error;
			text += leaving.text;
			leaving.text = text;
			if (round === undefined) throw error;
			if (leaving.kind === "Break") round.broken = error;
		}
		return Object.assign(super.evaluateBlock([], environment), { value: text });
	}
}

function range(start: number, stop?: number, step = 1): number[] {
	const [from, to] = stop === undefined ? [0, start] : [start, stop];
	const length = Math.max(0, Math.ceil((to - from) / step));
	if (!(length <= MAX_ITEMS)) throw new Error(`range() of ${length} numbers is too long.`);
	return Array.from({ length }, (_, i) => from + i * step);
}

const GLOBALS = {
	true: true,
	false: false,
	none: null,
	True: true,
	False: false,
	None: null,
	range,
	raise_exception: (message: unknown) => {
		throw new Error(String(message));
	},
};

export type ParsedTemplate = ReturnType<typeof parse>;

/**
 * Parses a Jinja template as transformers does: a block takes the spaces before it and the line break after it. Known to differ:
 * lengths, slices and `title` go by UTF-16, and a list or map that is printed whole looks like JSON.
 */
export function parseTemplate(source: string): ParsedTemplate {
	// The library has every test fail for an attribute that is not there, this one too.
	const undefinedAttribute =
		/\b(select|reject)attr\((\s*(?:"\w+"|'\w+')\s*),\s*(?:"undefined"|'undefined')\s*\)/g;
	const sound = source.replace(
		undefinedAttribute,
		(_, verb: string, name: string) => `${verb === "select" ? "reject" : "select"}attr(${name}, "defined")`,
	);
	return parse(tokenize(sound, { lstrip_blocks: true, trim_blocks: true }));
}

/**
 * Renders a template in bounded time and memory; the names of `context` are its variables. Throws what the template raises, and where
 * it passes the bounds.
 */
export function renderTemplate(template: ParsedTemplate, context: Record<string, unknown>): string {
	const environment = new Environment();
	for (const [name, value] of Object.entries({ ...GLOBALS, ...context })) environment.set(name, value);
	return String(new BoundedInterpreter(environment).run(template).value);
}
