import { ColumnMapper } from "../../datasets/columns.ts";
import { promptKeyOf, readExamples } from "../../datasets/examples.ts";
import { isPair, sidesOf } from "../../datasets/outcome.ts";
import type { Example, Row } from "../../datasets/types.ts";
import { type ExampleEntry, readExampleEntries } from "./index-files.ts";
import type { Manifest } from "./manifest.ts";
import { readRowsAt } from "./row-access.ts";

/** A row makes few examples; this many entries before one surely reach back to the row's first. */
const LOOK_BACK = 256;
const IGNORE = { add: () => {} };

/** Whatever a usable row has responses of, one by one: its examples, or both sides of its pairs. */
export function responsesOfRow(manifest: Manifest, value: Row, row: number): Example[] {
	if (manifest.kind === null) return [];
	const mapped = new ColumnMapper(manifest.wanted.columns).apply(value);
	return readExamples(manifest.kind, mapped, row, IGNORE, manifest.csv !== null).flatMap((read) => {
		const example = { ...read, promptKey: promptKeyOf(read.prompt) };
		return isPair(example) ? sidesOf(example) : [example];
	});
}

/** The example at a place of the index, or null where there is none. */
export async function exampleAt(
	dir: string,
	manifest: Manifest,
	index: number,
): Promise<{ example: Example; entry: ExampleEntry } | null> {
	const from = Math.max(0, index - LOOK_BACK);
	const entries = readExampleEntries(dir, from, index - from + 1);
	const entry = entries[index - from];
	if (entry === undefined) return null;
	const first = entries.findIndex(({ position }) => position === entry.position);
	const [row] = await readRowsAt(dir, manifest, [entry.position]);
	if (row === undefined || !("value" in row)) return null;
	const example = responsesOfRow(manifest, row.value, row.row)[index - from - first];
	return example === undefined ? null : { example, entry };
}
