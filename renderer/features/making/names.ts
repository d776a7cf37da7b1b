import { MAKE_KINDS, MAKE_WORDS, type MakeKind } from "./kinds.ts";

/** As much as a name may take. */
const MOST_CHARS = 120;
const MADE = new RegExp(`, (?:${MAKE_KINDS.map((kind) => MAKE_WORDS[kind].suffix).join("|")})(?: \\d+)?$`);

/** A data set's name without the form of its file and without what earlier makings added to it. */
export function stemOf(name: string): string {
	let stem = name.replace(/(?:\.(?:jsonl|ndjson|json|csv|tsv|parquet))?(?:\.gz)?$/i, "");
	while (MADE.test(stem)) stem = stem.replace(MADE, "");
	return stem || name;
}

/** The name of what is made of a data set, numbered where others have it already: `gsm8k, pairs 2`. */
export function madeName(kind: MakeKind, name: string, taken: ReadonlySet<string>): string {
	const { suffix } = MAKE_WORDS[kind];
	const stem = stemOf(name);
	const said = stem === suffix || stem.endsWith(` ${suffix}`) ? "" : `, ${suffix}`;
	for (let n = 1; ; n++) {
		const end = n === 1 ? said : `${said} ${n}`;
		const made = stem.slice(0, MOST_CHARS - end.length) + end;
		if (!taken.has(made)) return made;
	}
}
