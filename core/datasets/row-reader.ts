import type { Message } from "../tokenizers/message.ts";
import { parseJson } from "./json.ts";
import type { ProblemCode, ProblemSink } from "./problems.ts";
import type { Prompt, Row } from "./types.ts";

const ROLES = ["system", "user", "assistant", "tool"];
const NON_FINITE = ["NaN", "Infinity", "-Infinity"];

function describe(value: unknown): string {
	if (Array.isArray(value)) return "a list";
	return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Takes typed values out of one row and reports every one that is not as it should be. */
export class RowReader {
	/** True once the row has an error, so that it makes no example. */
	failed = false;
	readonly row: Row;
	readonly #number: number;
	readonly #problems: ProblemSink;
	/** Values of CSV are all text: numbers, booleans and lists are read out of it. */
	readonly #textual: boolean;

	constructor(row: Row, number: number, problems: ProblemSink, textual: boolean) {
		this.row = row;
		this.#number = number;
		this.#problems = problems;
		this.#textual = textual;
	}

	/** Reports an error of this row. */
	fail(column: string | null, code: ProblemCode, message: string): void {
		this.failed = true;
		this.#problems.add(this.#number, column, code, message);
	}

	/** The first of the columns that the row has, null and (in CSV) empty cells not counted. */
	find(...columns: string[]): string | undefined {
		return columns.find((column) => {
			const value = this.row[column];
			return value !== undefined && value !== null && !(this.#textual && value === "");
		});
	}

	/** As `find`, reporting a missing column under the first name. */
	need(...columns: string[]): string | undefined {
		const found = this.find(...columns);
		if (found !== undefined) return found;
		const [first = ""] = columns;
		// A cell that is there but empty is an empty text, which its reader names better.
		const empty = columns.find((column) => this.row[column] === "");
		if (empty === undefined)
			this.fail(first, "missing-field", `There is no value for "${columns.join('" or "')}".`);
		return empty;
	}

	text(column: string): string | undefined {
		const value = this.row[column];
		if (typeof value === "string") return this.#checked(column, value);
		this.fail(column, "wrong-type", `Expected text, found ${describe(value)}.`);
		return undefined;
	}

	/** Text that is not blank. */
	filled(column: string, code: "empty-prompt" | "empty-response"): string | undefined {
		const text = this.text(column);
		if (text === undefined || text.trim() !== "") return text;
		this.fail(column, code, "The text is empty.");
		return undefined;
	}

	/** A prompt: text, or a list of messages. */
	prompt(column: string): Prompt | undefined {
		const value = this.row[column];
		return Array.isArray(value) ? this.messages(column, value) : this.filled(column, "empty-prompt");
	}

	/** A response: text, or a list of one assistant message. */
	response(column: string): string | undefined {
		const value = this.row[column];
		if (!Array.isArray(value)) return this.filled(column, "empty-response");
		const [message, ...more] = this.messages(column, value) ?? [];
		if (message === undefined) return undefined;
		if (more.length === 0 && message.role === "assistant" && message.content.trim() !== "")
			return message.content;
		this.fail(column, "unfit-conversation", "Expected one message of the assistant with text in it.");
		return undefined;
	}

	/** A list of `{role, content}`; other keys are left out. */
	messages(column: string, value: unknown = this.list(column)): Message[] | undefined {
		if (!Array.isArray(value)) return undefined;
		if (value.length === 0) {
			this.fail(column, "empty-prompt", "The list of messages is empty.");
			return undefined;
		}
		const messages = value.map((item: unknown, i) => this.#message(column, item, i));
		return messages.every((message) => message !== undefined) ? messages : undefined;
	}

	#message(column: string, item: unknown, index: number): Message | undefined {
		const { role, content } = (typeof item === "object" && item !== null ? item : {}) as Partial<Message>;
		if (typeof role !== "string" || typeof content !== "string") {
			this.fail(column, "wrong-type", `Message ${index + 1} is not {"role": text, "content": text}.`);
			return undefined;
		}
		if (!ROLES.includes(role)) {
			this.fail(column, "unknown-role", `Message ${index + 1} has the role ${JSON.stringify(role)}.`);
			return undefined;
		}
		return { role, content: this.#checked(column, content) };
	}

	number(column: string, value: unknown = this.row[column]): number | undefined {
		const numeric = this.#textual && typeof value === "string" ? Number(value.trim() || "x") : value;
		if (typeof numeric === "number" && Number.isFinite(numeric)) return numeric;
		const written = JSON.stringify(value) ?? "nothing";
		if (typeof numeric === "number" && typeof value === "number") {
			this.fail(column, "not-finite", `The number is ${numeric}.`);
		} else if (typeof value === "string" && NON_FINITE.includes(value.trim())) {
			this.fail(column, "not-finite", `The number is ${value.trim()}.`);
		} else {
			this.fail(column, "wrong-type", `Expected a number, found ${written.slice(0, 40)}.`);
		}
		return undefined;
	}

	label(column: string, value: unknown = this.row[column]): boolean | undefined {
		const spelt = this.#textual && typeof value === "string" ? value.trim().toLowerCase() : value;
		if (spelt === true || spelt === 1 || (this.#textual && (spelt === "true" || spelt === "1"))) return true;
		if (spelt === false || spelt === 0 || (this.#textual && (spelt === "false" || spelt === "0")))
			return false;
		this.fail(column, "unknown-label", `The label is ${(JSON.stringify(value) ?? "nothing").slice(0, 40)}.`);
		return undefined;
	}

	/** A list; in CSV, one written as JSON in the cell. */
	list(column: string): unknown[] | undefined {
		let value = this.row[column];
		if (this.#textual && typeof value === "string") {
			const parsed = parseJson(value);
			if (parsed.ok) value = parsed.value;
		}
		if (Array.isArray(value)) return value;
		this.fail(column, "wrong-type", `Expected a list, found ${describe(value)}.`);
		return undefined;
	}

	/** A list whose every item passes `read`. */
	listOf<T>(column: string, read: (item: unknown) => T | undefined): T[] | undefined {
		const items = this.list(column)?.map(read);
		return items?.every((item) => item !== undefined) ? items : undefined;
	}

	#checked(column: string, text: string): string {
		if (/\p{Surrogate}/u.test(text)) {
			this.#problems.add(this.#number, column, "lone-surrogate", "The text holds half of a character.");
		}
		return text;
	}
}
