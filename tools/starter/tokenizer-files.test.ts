import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadTokenizer } from "../../core/tokenizers/tokenizer.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
type Encoded = { text: string; ids: number[] };
const fixture = JSON.parse(readFileSync(`${root}fixtures/starter/tokenizer.json`, "utf8")) as {
	texts: Encoded[];
	prompts: Encoded[];
};

test("the kit's tokenizer gives the ids that Hugging Face's Rust tokenizers give", async () => {
	const tokenizer = await loadTokenizer(`${root}resources/starter/model`);
	expect(fixture.texts.length + fixture.prompts.length).toBe(48);
	for (const { text, ids } of fixture.texts) expect(tokenizer.encode(text), text).toEqual(ids);
	for (const { text, ids } of fixture.prompts) expect(tokenizer.renderPrompt(text), text).toEqual(ids);
	expect([tokenizer.eosIds, tokenizer.padId, tokenizer.vocabSize]).toEqual([[1], 0, 503]);
});
