import { z } from "zod";
import { pinRegex } from "./unicode.ts";
import { Unsupported } from "./unsupported.ts";

/** One step from tokens to text; what the last step gives is joined. */
type Step = (tokens: string[]) => string[];

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const encoder = new TextEncoder();

/** The byte that each character of a byte-level vocabulary stands for: printable ones for themselves, the rest from U+0100 on. */
const BYTE_OF_CHARACTER = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
	const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
	BYTE_OF_CHARACTER.set(String.fromCharCode(printable ? byte : next++), byte);
}

function bytesOf(token: string): Iterable<number> {
	const bytes = [...token].map((character) => BYTE_OF_CHARACTER.get(character));
	// A token of other characters, as added ones may be, stands for its own text.
	return bytes.some((byte) => byte === undefined) ? encoder.encode(token) : (bytes as number[]);
}

const byteLevel: Step = (tokens) => {
	const bytes: number[] = [];
	for (const token of tokens) for (const byte of bytesOf(token)) bytes.push(byte);
	return [lenient.decode(Uint8Array.from(bytes))];
};

/** Bytes that make no text become one replacement character each, unlike in a byte-level vocabulary. */
const byteFallback: Step = (tokens) => {
	const out: string[] = [];
	let bytes: number[] = [];
	const flush = () => {
		if (bytes.length === 0) return;
		try {
			out.push(strict.decode(Uint8Array.from(bytes)));
		} catch {
			out.push("\uFFFD".repeat(bytes.length));
		}
		bytes = [];
	};
	for (const token of tokens) {
		const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
		if (hex !== undefined) {
			bytes.push(Number.parseInt(hex, 16));
			continue;
		}
		flush();
		out.push(token);
	}
	flush();
	return out;
};

const pattern = z.union([z.strictObject({ String: z.string() }), z.strictObject({ Regex: z.string() })]);
const count = z.int().nonnegative().max(1000);

const decoderSchemas = {
	Sequence: z.looseObject({ decoders: z.array(z.looseObject({ type: z.string() })) }),
	Replace: z.looseObject({ pattern, content: z.string() }),
	Strip: z.looseObject({ content: z.string(), start: count, stop: count }),
	Metaspace: z.looseObject({
		replacement: z.string().default("▁"),
		prepend_scheme: z.enum(["always", "first", "never"]).optional(),
		add_prefix_space: z.boolean().nullish(),
	}),
};

function stripped(token: string, content: string, start: number, stop: number): string {
	const characters = [...token];
	let from = 0;
	while (from < Math.min(start, characters.length) && characters[from] === content) from++;
	let to = characters.length;
	while (characters.length - to < stop && to > 0 && characters[to - 1] === content) to--;
	return characters.slice(from, Math.max(from, to)).join("");
}

function metaspace(given: z.infer<typeof decoderSchemas.Metaspace>): Step {
	const { replacement, prepend_scheme, add_prefix_space } = given;
	const prefixed = prepend_scheme === undefined ? add_prefix_space !== false : prepend_scheme !== "never";
	// The original takes every mark off the first token, not only the one that was put there.
	return (tokens) => tokens.map((token, i) => token.replaceAll(replacement, i === 0 && prefixed ? "" : " "));
}

function stepsOf(given: unknown): Step[] {
	const type = z.looseObject({ type: z.string() }).safeParse(given).data?.type ?? "of no type";
	const read = <K extends keyof typeof decoderSchemas>(name: K): z.infer<(typeof decoderSchemas)[K]> => {
		const parsed = decoderSchemas[name].safeParse(given);
		if (!parsed.success) throw new Unsupported(`its decoder ${name} is not in the expected form`);
		return parsed.data as z.infer<(typeof decoderSchemas)[K]>;
	};
	switch (type) {
		case "Sequence":
			return read("Sequence").decoders.flatMap(stepsOf);
		case "ByteLevel":
			return [byteLevel];
		case "ByteFallback":
			return [byteFallback];
		case "Fuse":
			return [(tokens) => [tokens.join("")]];
		case "Metaspace":
			return [metaspace(read("Metaspace"))];
		case "Replace": {
			const { pattern: from, content } = read("Replace");
			const find = "String" in from ? from.String : new RegExp(pinRegex(from.Regex), "gu");
			return [(tokens) => tokens.map((token) => token.replaceAll(find, () => content))];
		}
		case "Strip": {
			const { content, start, stop } = read("Strip");
			return [(tokens) => tokens.map((token) => stripped(token, content, start, stop))];
		}
	}
	throw new Unsupported(`its decoder ${type} is not one that we undo as the original does`);
}

/**
 * The text that tokens stand for, by the decoder section of a tokenizer.json; with null they are joined by spaces. The library's
 * own decoders differ on broken bytes and leading marks, and search all added tokens for each token.
 * @throws Unsupported for a decoder that we do not know.
 */
export function compileDecoder(given: unknown): (tokens: string[]) => string {
	if (given == null) return (tokens) => tokens.join(" ");
	const steps = stepsOf(given);
	return (tokens) => steps.reduce((current, step) => step(current), tokens).join("");
}
