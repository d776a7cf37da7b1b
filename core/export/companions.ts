import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { atomicWrite, guardFile, sha256Files } from "../store/files.ts";
import { writtenWrong } from "./report.ts";

/** Files beside the weights that make a model folder usable. */
export const COMPANIONS = [
	"generation_config.json",
	"tokenizer.json",
	"tokenizer_config.json",
	"tokenizer.model",
	"special_tokens_map.json",
	"added_tokens.json",
	"vocab.json",
	"merges.txt",
	"chat_template.jinja",
	"chat_template.json",
	"LICENSE",
	"LICENSE.txt",
	"NOTICE",
	"NOTICE.txt",
];

/** Those that the folder has as files; a pipe or a device of such a name could be read without end. */
export const companionsOf = (sourceDir: string): string[] =>
	COMPANIONS.filter((name) => statSync(join(sourceDir, name), { throwIfNoEntry: false })?.isFile());

/** Copies files byte for byte, holds the copies against the originals, and says so. Throws `disk-full`, `file-corrupt`. */
export async function copyFiles(names: readonly string[], sourceDir: string, dir: string): Promise<string> {
	for (const name of names) {
		const from = join(sourceDir, name);
		atomicWrite(
			join(dir, basename(name)),
			guardFile(from, () => readFileSync(from)),
		);
		const original = await sha256Files([from]);
		if ((await sha256Files([join(dir, name)])) !== original)
			throw writtenWrong(join(dir, name), "the copy differs from the original");
	}
	return `${names.join(", ")}: copied byte for byte.`;
}
