import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../store/files.ts";

const DATA_FILE = /\.(jsonl|ndjson|json|csv|tsv|tab|parquet)(\.gz)?$/i;

/** JSON files that describe a model or a data set and hold no rows. */
const DESCRIPTIONS =
	/^((.*_)?config|tokenizer|vocab|added_tokens|special_tokens_map|.*\.index|dataset_infos?|state|trainer_state)\.json$/i;

/** Whether a file's name is that of a data file. */
export function isDataFileName(name: string): boolean {
	return DATA_FILE.test(name) && !DESCRIPTIONS.test(name) && !name.startsWith(".");
}

/** Data files of a folder, by name. */
export function dataFilesOf(folder: string): string[] {
	const files = readdirSync(folder, { withFileTypes: true });
	return files
		.filter((file) => !file.isDirectory() && isDataFileName(file.name))
		.map((file) => join(folder, file.name))
		.sort();
}

/** Gives out file names in one folder, none of them twice. */
export class ImportNames {
	readonly #dir: string;
	readonly #given = new Set<string>();

	constructor(dir: string) {
		this.#dir = dir;
	}

	/** A path for a file called `name`: no part of it can lead out of the folder, and nothing is there yet. */
	next(name: string): string {
		makeFolder(this.#dir);
		const [, stem = "", ending = ""] = /^(.*?)((?:\.[A-Za-z0-9]{1,8}){0,2})$/.exec(baseOf(name)) ?? [];
		const safe = stem
			.normalize("NFC")
			.replace(/[^\p{L}\p{N} ._()-]+/gu, "-")
			.replace(/^[. -]+|[. -]+$/g, "")
			.slice(0, 80);
		for (let i = 1; ; i++) {
			const path = join(this.#dir, `${safe === "" ? "data" : safe}${i === 1 ? "" : `-${i}`}${ending}`);
			// Some file systems take names that differ in case alone for the same.
			if (this.#given.has(path.toLowerCase()) || existsSync(path)) continue;
			this.#given.add(path.toLowerCase());
			return path;
		}
	}
}

/** The last part of a path written in either system's way. */
function baseOf(name: string): string {
	return name.split(/[/\\]/).at(-1) ?? "";
}
