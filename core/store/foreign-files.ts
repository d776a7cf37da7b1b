import { statSync } from "node:fs";
import { AppError } from "../contract/errors.ts";
import { guardFile, readText } from "./files.ts";

/** Nesting that no model's file comes near; each level would take memory while it is parsed. */
const MAX_DEPTH = 100;
const HINT = "The file is damaged, or is not what its name says; get a fresh copy of it.";

function corrupt(path: string, what: string, cause?: unknown): AppError {
	return new AppError({ code: "file-corrupt", message: `${path} ${what}.`, hint: HINT }, { cause });
}

/**
 * The size in bytes of a file that came from elsewhere. A link is followed, as the cache of the Hugging Face hub is made of links.
 * Throws `file-missing`, and `file-unreadable` for a folder, a pipe or a device, which could be read without end.
 */
export function foreignFileBytes(path: string): number {
	const stat = guardFile(path, () => statSync(path));
	if (stat.isFile()) return stat.size;
	const what = stat.isDirectory() ? "a folder" : "no ordinary file";
	const hint = "Choose a folder in which it is a file, as published.";
	throw new AppError({ code: "file-unreadable", message: `${path} is ${what}.`, hint });
}

/** Reads a text file that came from elsewhere, of at most `maxBytes`; throws as `foreignFileBytes`, and `file-corrupt`. */
export function readForeignText(path: string, maxBytes: number): string {
	const bytes = foreignFileBytes(path);
	if (bytes > maxBytes) {
		const [has, most] = [bytes, maxBytes].map((n) => n.toLocaleString("en-US"));
		throw corrupt(path, `has ${has} bytes, over the limit of ${most} for such a file`);
	}
	return readText(path);
}

/** Whether a file that begins so is what Git leaves in the place of a large file that it did not fetch. */
export function isLfsPointer(beginning: string): boolean {
	return beginning.startsWith("version ");
}

export function lfsPointer(path: string): AppError {
	return new AppError({
		code: "file-corrupt",
		message: `${path} is a placeholder that Git wrote; the file itself was not downloaded.`,
		hint: "Run git lfs pull in its folder, or download the model with: hf download OWNER/NAME.",
	});
}

/** Reads and parses such a JSON file; throws as `readForeignText`. */
export function readForeignJson(path: string, maxBytes: number): unknown {
	const text = readForeignText(path, maxBytes);
	if (isLfsPointer(text)) throw lfsPointer(path);
	if (isNestedDeeply(text)) throw corrupt(path, `is nested more than ${MAX_DEPTH} levels deep`);
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw corrupt(path, `is not valid JSON: ${(cause as Error).message}`, cause);
	}
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The index of the quote that ends the string literal which begins at `start`, or the end of the text. */
function literalEnd(text: string, start: number): number {
	let i = start + 1;
	while (i < text.length && text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
	return i;
}

/** Whether a JSON text is nested deeper than any file of a model. */
export function isNestedDeeply(text: string): boolean {
	let depth = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === QUOTE) i = literalEnd(text, i);
		else if (code === 0x7b || code === 0x5b) depth += 1;
		else if (code === 0x7d || code === 0x5d) depth -= 1;
		if (depth > MAX_DEPTH) return true;
	}
	return false;
}

/** A key that an object in a valid JSON text has twice, or null: JSON.parse keeps the last of the two in silence. */
export function duplicateKey(text: string): string | null {
	const open: (Set<string> | null)[] = [];
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 0x7b) open.push(new Set());
		else if (code === 0x5b) open.push(null);
		else if (code === 0x7d || code === 0x5d) open.pop();
		if (code !== QUOTE) continue;
		const end = literalEnd(text, i);
		const literal = text.slice(i, end + 1);
		i = end;
		const keys = open.at(-1);
		let after = end + 1;
		while (text.charCodeAt(after) <= 0x20) after += 1;
		if (!keys || text[after] !== ":") continue;
		const key = JSON.parse(literal) as string;
		if (keys.has(key)) return key;
		keys.add(key);
	}
	return null;
}
