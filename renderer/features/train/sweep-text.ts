import type { SweepAxis, SweepValue } from "../../../core/contract/sweep.ts";
import * as format from "../../ui/format.ts";

/** How one value of a field is written: numbers, or words of a choice. */
export interface ValueKind {
	/** Turns one word into a value; null when it is none. */
	read: (word: string) => SweepValue | null;
	/** What is expected, as in "a number". */
	expected: string;
	/** Whether ranges make sense. */
	numeric: boolean;
	integer?: boolean | undefined;
}

export const NUMBER: ValueKind = { read: readNumber, expected: "a number", numeric: true };
export const INTEGER: ValueKind = { ...NUMBER, expected: "a whole number", integer: true };

/** Words of a choice; `true` and `false` are such words too. */
export function choiceKind(values: readonly SweepValue[]): ValueKind {
	return {
		read: (word) => values.find((value) => String(value) === word.toLowerCase()) ?? null,
		expected: values.map(String).join(", "),
		numeric: false,
	};
}

export type SweepReading =
	| { type: "empty" }
	/** One value: a setting, not a sweep. */
	| { type: "value"; value: SweepValue }
	| {
			type: "axis";
			axis: SweepAxis;
			/** Null for a range that random search draws from. */
			values: readonly SweepValue[] | null;
			/** Values left out because they were there already. */
			merged: number;
	  }
	/** `at` is where in the text it is wrong. */
	| { type: "error"; message: string; at: number };

const MOST_POINTS = 1000;

/** Reads a swept setting: `0.01, 0.03` is a list, `a..b:n` n even points, `a..b:n log` spaced by factors, `a..b` drawn from at random. */
export function readSweep(text: string, kind: ValueKind, random: boolean): SweepReading {
	if (text.trim() === "") return { type: "empty" };
	const range = text.indexOf("..");
	if (range !== -1)
		return kind.numeric ? readRange(text, kind, random) : fail("Only numbers have ranges.", range);
	return readList(text, kind);
}

function readList(text: string, kind: ValueKind): SweepReading {
	const values: SweepValue[] = [];
	let merged = 0;
	let at = 0;
	for (const part of text.split(",")) {
		const word = part.trim();
		const start = at + part.length - part.trimStart().length;
		at += part.length + 1;
		if (word === "") {
			// A comma at the end is a list that is still being typed.
			if (at > text.length) continue;
			return fail("A value is missing between two commas.", start);
		}
		if (kind.numeric && /^0\d/.test(word))
			return fail(`'${word}' is no number: write thousands without a comma.`, start);
		const value = kind.read(word);
		if (value === null)
			return fail(`'${word}' is not ${kind.numeric ? kind.expected : `one of ${kind.expected}`}.`, start);
		if (kind.integer && !Number.isInteger(value)) return fail(`${word} is not a whole number.`, start);
		if (values.includes(value)) merged++;
		else values.push(value);
	}
	const [first] = values;
	if (first === undefined) return fail("A value is missing.", 0);
	if (values.length === 1 && merged === 0) return { type: "value", value: first };
	return { type: "axis", axis: { values }, values, merged };
}

const RANGE = /^\s*(\S+?)\s*\.\.\s*([^\s:]+)\s*(?::\s*(\S*))?\s*(\S.*?)?\s*$/;

function readRange(text: string, kind: ValueKind, random: boolean): SweepReading {
	const [, from = "", to = "", count, scale] = RANGE.exec(text) ?? [];
	const place = (word: string) => Math.max(0, text.indexOf(word));
	if (from === "") return fail("A range is written a..b:n, such as 1e-6..1e-4:5 log.", 0);
	const min = readNumber(from);
	const max = readNumber(to);
	if (min === null) return fail(`'${from}' is not a number.`, place(from));
	if (max === null) return fail(`'${to}' is not a number.`, text.lastIndexOf(to));
	if (min >= max) return fail(`A range rises: ${from} must be below ${to}.`, place(from));
	if (scale !== undefined && scale !== "log")
		return fail(`'${scale}' is not known here; only log may follow.`, text.lastIndexOf(scale));
	if (scale === "log" && min <= 0) return fail("A log range begins above 0.", place(from));
	if (kind.integer && !(Number.isInteger(min) && Number.isInteger(max)))
		return fail("Whole numbers are needed.", place(from));
	const shape = { min, max, scale: scale === "log" ? ("log" as const) : ("linear" as const) };
	const whole = kind.integer ? { integer: true } : {};
	if (count === undefined) {
		if (!random)
			return fail(
				`A grid needs a count of points, such as ${from}..${to}:5. Without one only random search can draw from it.`,
				text.trimEnd().length,
			);
		return { type: "axis", axis: { ...shape, ...whole }, values: null, merged: 0 };
	}
	const points = Number(count);
	const where = text.indexOf(":") + 1;
	if (!Number.isInteger(points) || points < 2)
		return fail("The count after the colon is a whole number, at least 2.", where);
	if (points > MOST_POINTS) return fail(`At most ${format.count(MOST_POINTS)} points.`, where);
	const all = Array.from({ length: points }, (_, i) =>
		pointOf(shape, i / (points - 1), kind.integer === true),
	);
	const values = [...new Set(all)];
	return {
		type: "axis",
		axis: { ...shape, count: points, ...whole },
		values,
		merged: all.length - values.length,
	};
}

/** As the engine spaces them: six figures. */
function pointOf(
	{ min, max, scale }: { min: number; max: number; scale: "log" | "linear" },
	share: number,
	integer: boolean,
): number {
	const value = scale === "log" ? min * (max / min) ** share : min + (max - min) * share;
	return integer ? Math.round(value) : Number(value.toPrecision(6));
}

function readNumber(word: string): number | null {
	const plain = word.replaceAll("−", "-");
	return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain))
		? Number(plain)
		: null;
}

const fail = (message: string, at: number): SweepReading => ({ type: "error", message, at });

/** A value as it is typed: `5e-7`, `0.03`, `both`. */
export function valueText(value: unknown, digits = 15): string {
	return typeof value === "number"
		? format.number(value, digits).replaceAll(",", "").replaceAll("−", "-")
		: String(value);
}

/** An axis as it is typed. */
export function axisText(axis: SweepAxis): string {
	if ("values" in axis) return axis.values.map((value) => valueText(value)).join(", ");
	const count = axis.count === undefined ? "" : `:${axis.count}`;
	return `${valueText(axis.min)}..${valueText(axis.max)}${count}${axis.scale === "log" ? " log" : ""}`;
}
