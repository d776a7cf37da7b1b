import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite } from "../../core/store/files.ts";
import { answer, drawSplit, question, type Scene } from "./problems.ts";
import type { Recipe } from "./recipe.ts";
import { starterVocabulary, tokenizerFiles } from "./tokenizer-files.ts";
import { starterConfig } from "./weights.ts";

/** The names of the kit's data files, which are also their splits. */
export const DATA_SPLITS = ["train", "validation", "test"] as const;

/** One problem a line, as GSM8K writes them. */
export function toJsonl(scenes: readonly Scene[]): string {
	const rows = scenes.map((scene) => ({ question: question(scene), answer: answer(scene, { trap: false }) }));
	return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Everything in the kit that needs no training, by path: data, tokenizer and `config.json`. */
export function untrainedFiles(recipe: Recipe): Map<string, string> {
	const files = new Map<string, string>();
	for (const split of DATA_SPLITS)
		files.set(`data/${split}.jsonl`, toJsonl(drawSplit(split, recipe.splits[split], recipe.seed)));
	const vocabulary = starterVocabulary(recipe.seed, recipe.vocabularySize);
	const json = {
		...tokenizerFiles(vocabulary),
		"config.json": starterConfig(recipe.shape, vocabulary.tokens.length),
	};
	for (const [name, content] of Object.entries(json))
		files.set(`model/${name}`, `${JSON.stringify(content, null, 2)}\n`);
	return files;
}

/** Writes files by path below `dir`. */
export function writeFiles(dir: string, files: ReadonlyMap<string, string>): void {
	for (const folder of ["data", "model"]) mkdirSync(join(dir, folder), { recursive: true });
	for (const [path, content] of files) atomicWrite(join(dir, path), content);
}
