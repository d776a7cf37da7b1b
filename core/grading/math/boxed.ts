const BOX = /\\(?:boxed|fbox)\s*$/;
/** Room for `\fbox`, `\boxed` and white space before a brace. */
const LOOK_BACK = 16;

/**
 * The content of the last `\boxed{...}` or `\fbox{...}` whose braces balance, or of a later `\boxed 5`; null when there
 * is neither. One pass over the text, whatever it holds.
 */
export function lastBoxed(text: string): string | null {
	let found: { at: number; content: string } | null = null;
	const open: number[] = [];
	for (let i = 0; i < text.length; i++) {
		const char = text[i];
		if (char === "\\") {
			const bare = bareBox(text, i);
			if (bare !== null) found = { at: i, content: bare };
			// The character after a backslash is no brace of its own, as in `\{`.
			i++;
		} else if (char === "{") open.push(i);
		else if (char === "}") {
			const start = open.pop();
			if (start === undefined || (found !== null && start < found.at)) continue;
			if (BOX.test(text.slice(Math.max(0, start - LOOK_BACK), start))) {
				found = { at: start, content: text.slice(start + 1, i) };
			}
		}
	}
	return found === null ? null : found.content.trim();
}

/** What `\boxed 5` at position `at` boxes: up to the end of the formula, the line, or the next word. */
function bareBox(text: string, at: number): string | null {
	const command = /^\\(?:boxed|fbox)(?:[ \t]+(?=[^{\s])|(?=[-\d\\(]))/.exec(text.slice(at, at + LOOK_BACK));
	if (command === null) return null;
	const start = at + command[0].length;
	const line = text.slice(start, start + 200);
	const end = line.search(/\$|\n|\\[)\]]|\s(?:[A-Za-z]{2}|[.,;])|[.,;]\s|[.,;]$/);
	const content = (end === -1 ? line : line.slice(0, end)).trim();
	return content === "" ? null : content;
}
