import { type SweepAxis, type SweepValue, sweepAxisSchema } from "../contract/sweep.ts";

const RANGE = /^(\S+?)\.\.([^\s:]+)\s*(?::\s*(\d+)?)?\s*(log|linear)?\s*(int)?$/;

/**
 * Reads one field of a space in words: `beta=0.01, 0.03, 0.1`, `lr=1e-6..1e-4:5 log`, `lambda=0..1`,
 * `adapter.rank=4..64:3 log int`.
 * @throws Error whose message says what is wrong with the words.
 */
export function parseAxisWords(words: string): { field: string; axis: SweepAxis } {
	const at = words.indexOf("=");
	const field = words.slice(0, Math.max(0, at)).trim();
	const text = words.slice(at + 1).trim();
	if (at < 1 || field === "" || text === "") throw new Error(`takes FIELD=VALUES, not "${words}"`);
	return { field: fieldName(field), axis: parseAxis(text) };
}

/** Command-line names such as `value-lr` mean the configuration's `valueLr`. */
function fieldName(name: string): string {
	return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function parseAxis(text: string): SweepAxis {
	if (!text.includes("..")) return { values: text.split(",").map((word) => parseValue(word.trim())) };
	const match = RANGE.exec(text);
	if (match === null) throw new Error(`takes a range like 1e-6..1e-4:5 log, not "${text}"`);
	const [, min, max, count, scale, int] = match;
	const parsed = sweepAxisSchema.safeParse({
		min: Number(min),
		max: Number(max),
		scale: scale ?? "linear",
		...(count === undefined ? {} : { count: Number(count) }),
		...(int === undefined ? {} : { integer: true }),
	});
	if (parsed.success) return parsed.data;
	const reasons = parsed.error.issues.flatMap((issue) =>
		issue.code === "invalid_union" ? issue.errors.flat() : [issue],
	);
	const own = reasons.filter(({ path, code }) => path[0] !== "values" && code !== "unrecognized_keys");
	throw new Error(`"${text}" is no range: ${own.map(({ message }) => message).join("; ")}`);
}

function parseValue(word: string): SweepValue {
	if (word === "") throw new Error("has an empty value between commas");
	if (word === "true" || word === "false") return word === "true";
	if (word === "null") return null;
	const number = Number(word);
	return Number.isNaN(number) ? word : number;
}
