import { UNICODE_TABLE } from "./unicode-table.ts";

const LETTERS = ["Lu", "Ll", "Lt", "Lm", "Lo"] as const;

function ranges(name: keyof typeof UNICODE_TABLE): [first: number, last: number][] {
	const lengths = UNICODE_TABLE[name].split(" ").map((length) => Number.parseInt(length, 36));
	const found: [number, number][] = [];
	let at = 0;
	for (let i = 0; i + 1 < lengths.length; i += 2) {
		const first = at + (lengths[i] ?? 0);
		at = first + (lengths[i + 1] ?? 0);
		found.push([first, at - 1]);
	}
	return found;
}

const fragments = new Map<string, string>();

/** The inside of a character class that holds the characters of a set. */
export function classFragment(name: keyof typeof UNICODE_TABLE | "L"): string {
	const known = fragments.get(name);
	if (known !== undefined) return known;
	const written = (code: number) => `\\u{${code.toString(16)}}`;
	const fragment =
		name === "L"
			? LETTERS.map((part) => classFragment(part)).join("")
			: ranges(name)
					.map(([first, last]) => (first === last ? written(first) : `${written(first)}-${written(last)}`))
					.join("");
	fragments.set(name, fragment);
	return fragment;
}

/**
 * A regular expression of a tokenizer.json with the categories that `tokenizers` knows written out, so that it splits alike in every
 * version of Node and Electron, and with the two letters beyond ASCII that are an ASCII letter in another case.
 */
export function pinRegex(regex: string): string {
	const folded = regex.replace(/\(\?i:([^()[\]\\]*)\)/g, (_, body: string) => {
		return `(?i:${body.replace(/s/gi, "[sſ]").replace(/k/gi, "[k\u212a]")})`;
	});
	let inClass = 0;
	return folded.replace(/\\[pP]\{(\w+)\}|\\[\s\S]|[[\]]/g, (found, category: string | undefined) => {
		if (found === "[") inClass += 1;
		if (found === "]") inClass = Math.max(0, inClass - 1);
		const name = found === "\\d" || found === "\\D" ? "Nd" : category;
		if (name === undefined || !(name === "L" || Object.hasOwn(UNICODE_TABLE, name))) return found;
		const fragment = classFragment(name as keyof typeof UNICODE_TABLE | "L");
		if (found[1] === "P" || found[1] === "D") return `[^${fragment}]`;
		return inClass > 0 ? fragment : `[${fragment}]`;
	});
}

let inert: RegExp | undefined;

/**
 * Unicode normalisation as `tokenizers` does it: its tables are old, so marks and compatibility forms that came later stay as
 * they are, and nothing moves across them.
 */
export function normalise(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
	inert ??= new RegExp(`([${classFragment("inert")}]+)`, "u");
	return text
		.split(inert)
		.map((part, i) => (i % 2 === 0 ? part.normalize(form) : part))
		.join("");
}
