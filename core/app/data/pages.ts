import { statSync } from "node:fs";
import type { ApiOutput } from "../../contract/api.ts";
import { AppError } from "../../contract/errors.ts";
import { guardFile } from "../../store/files.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { readRowsAt } from "./row-access.ts";
import { shorten } from "./words.ts";

const VALUE_CHARS = 300;
/** What a window can still show of one value, and a message can carry. */
const WHOLE_CHARS = 200_000;
/** Columns shown; files that use keys as data may have any number. */
const MAX_COLUMNS = 100;

export interface PageInput {
	readonly dir: string;
	readonly offset: number;
	readonly limit: number;
	/** Values at full length. */
	readonly whole?: boolean;
}

/**
 * The manifest of an index whose file is still as it was read.
 * @throws AppError `data-invalid` when the file changed since, for its rows no longer lie where the index says.
 */
export function currentManifest(dir: string): Manifest {
	const manifest = readManifest(dir);
	const { path, bytes, modifiedMs } = manifest.source;
	const { size, mtimeMs } = guardFile(path, () => statSync(path));
	if (size === bytes && mtimeMs === modifiedMs) return manifest;
	throw new AppError({
		code: "data-invalid",
		message: `${path} changed on disk since it was read.`,
		hint: "Read it again to see its rows as they are now.",
		details: { changed: true },
	});
}

/** A page of rows as they stand in the file. */
export async function readPage({
	dir,
	offset,
	limit,
	whole = false,
}: PageInput): Promise<ApiOutput<"data.rows">> {
	const manifest = currentManifest(dir);
	const columns = manifest.columns.slice(0, MAX_COLUMNS).map((column) => column.name);
	const chars = whole ? WHOLE_CHARS : VALUE_CHARS;
	const end = Math.min(manifest.rows, offset + limit);
	const positions = Array.from({ length: Math.max(0, end - offset) }, (_, i) => offset + i);
	const rows = await readRowsAt(dir, manifest, positions);
	return {
		total: manifest.rows,
		columns: columns.length === 0 && rows.length > 0 ? ["text"] : columns,
		rows: rows.map((read) => ({
			row: read.row,
			level: read.level,
			values:
				"value" in read
					? columns.map((name) => cell(read.value[name], chars))
					: brokenCells(read.text, columns, chars),
		})),
	};
}

function cell(value: unknown, chars: number): string | null {
	return value === null || value === undefined ? null : shorten(value, chars);
}

/** The text of a row that has no columns, in the first of them. */
function brokenCells(text: string, columns: readonly string[], chars: number): (string | null)[] {
	return [shorten(text, chars), ...columns.slice(1).map(() => null)];
}
