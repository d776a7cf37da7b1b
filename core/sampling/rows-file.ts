import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../contract/errors.ts";
import { guardFile, syncFolder } from "../store/files.ts";
import { JsonLinesWriter } from "../store/json-lines.ts";

/** JSON lines that get their name when they are complete; until then, and after a stop, they lie in `<path>.partial`. */
export class RowsFile {
	readonly path: string;
	readonly partialPath: string;
	private readonly writer: JsonLinesWriter;

	/** Throws `usage` when a file of that name, or rows of an interrupted job, are there already. */
	constructor(path: string) {
		this.path = path;
		this.partialPath = `${path}.partial`;
		for (const taken of [path, this.partialPath]) {
			if (!existsSync(taken)) continue;
			throw new AppError({
				code: "usage",
				message: `${taken} already exists.`,
				hint: "Choose another name, or move that file away first; files are never overwritten.",
			});
		}
		this.writer = new JsonLinesWriter(this.partialPath);
	}

	append(row: unknown): void {
		this.writer.append(row);
	}

	/** Gives the complete file its name. */
	finish(): void {
		this.writer.close();
		guardFile(this.path, () => {
			renameSync(this.partialPath, this.path);
			syncFolder(dirname(this.path));
		});
	}

	/** Leaves the rows so far where they are; an empty file is removed. */
	keepPartial(rows: number): void {
		this.writer.close();
		if (rows === 0) rmSync(this.partialPath, { force: true });
	}
}
