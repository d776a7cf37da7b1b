/** Where and why JSON text stops being JSON: the 0-based offset, or null for valid text. */
export function locateJsonError(text: string): number | null {
	const open: ("{" | "[")[] = [];
	let expect: "value" | "first-value" | "key" | "first-key" | "colon" | "next" = "value";
	let at = 0;
	for (;;) {
		while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
		const char = text.charAt(at);
		if (expect === "next" && open.length === 0) return char === "" ? null : at;
		if (char === "") return at;
		const inside = open.at(-1);
		if (char === (inside === "{" ? "}" : "]") && ["next", "first-key", "first-value"].includes(expect)) {
			open.pop();
			expect = "next";
			at++;
		} else if (expect === "next") {
			if (char !== ",") return at;
			expect = inside === "{" ? "key" : "value";
			at++;
		} else if (expect === "colon") {
			if (char !== ":") return at;
			expect = "value";
			at++;
		} else if (expect === "key" || expect === "first-key") {
			if (char !== '"') return at;
			const end = scanString(text, at);
			if (end.error) return end.at;
			expect = "colon";
			at = end.at;
		} else if (char === "{" || char === "[") {
			open.push(char);
			expect = char === "{" ? "first-key" : "first-value";
			at++;
		} else if (char === '"') {
			const end = scanString(text, at);
			if (end.error) return end.at;
			expect = "next";
			at = end.at;
		} else {
			const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
			scalar.lastIndex = at;
			if (!scalar.test(text)) return at;
			expect = "next";
			at = scalar.lastIndex;
		}
	}
}

/** From an opening quote to after the closing one, or to the first character that may not stand there. */
function scanString(text: string, from: number): { at: number; error: boolean } {
	for (let at = from + 1; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === 0x22) return { at: at + 1, error: false };
		if (code < 0x20) return { at, error: true };
		if (code !== 0x5c) continue;
		const escaped = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
		escaped.lastIndex = at + 1;
		if (!escaped.test(text)) return { at, error: true };
		at = escaped.lastIndex - 1;
	}
	return { at: text.length, error: true };
}

/** Bare words that Python's json module writes for numbers, though JSON has none of them. */
const NON_FINITE = /(?:NaN|-?Infinity)/y;
const MAX_NON_FINITE = 64;

export type JsonResult = { ok: true; value: unknown } | { ok: false; offset: number };

/**
 * Parses JSON text, or says at which 0-based offset it fails. NaN and Infinity come back as the strings "NaN",
 * "Infinity" and "-Infinity", so that whoever reads the column can name it.
 */
export function parseJson(text: string): JsonResult {
	let patched = text;
	let added = 0;
	for (let tries = 0; ; tries++) {
		try {
			return { ok: true, value: JSON.parse(patched) };
		} catch {
			const offset = locateJsonError(patched) ?? 0;
			NON_FINITE.lastIndex = offset;
			const word = NON_FINITE.exec(patched)?.[0];
			if (word === undefined || tries === MAX_NON_FINITE)
				return { ok: false, offset: Math.max(0, offset - added) };
			patched = `${patched.slice(0, offset)}"${word}"${patched.slice(offset + word.length)}`;
			added += 2;
		}
	}
}

/** JSON text that is the same for equal values: keys sorted, no white space. */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_, item: unknown) =>
		typeof item === "object" && item !== null && !Array.isArray(item)
			? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
			: item,
	);
}
