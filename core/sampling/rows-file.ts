import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { atomicWrite, guardFile, readJson, readText, syncFolder } from "../store/files.ts";
import { JsonLinesWriter, readJsonLines } from "../store/json-lines.ts";

const rowSchema = z.record(z.string(), z.unknown());
export type FileRow = z.infer<typeof rowSchema>;

/** How an interrupted job goes on. */
export interface Resumable {
	/** Everything that the rows depend on; a job with other settings must not add to them. */
	readonly settings: Readonly<Record<string, unknown>>;
	/** Whether rows of an interrupted job are wanted; otherwise they are in the way. */
	readonly resume: boolean;
	/** How many of the rows found stay; those of work that was not completed are cut off. */
	complete(rows: readonly FileRow[]): number;
}

/**
 * JSON lines that get their name when they are complete; until then, and after a stop, they lie in `<path>.partial`, with the
 * settings of a resumable job beside them.
 */
export class RowsFile {
	readonly path: string;
	readonly partialPath: string;
	/** Rows of the interrupted job that this one goes on from. */
	readonly kept: readonly FileRow[];
	private readonly settingsPath: string;
	private readonly writer: JsonLinesWriter;

	/** Throws `usage` when a file of that name is there, or rows of an interrupted job that this one cannot go on from. */
	constructor(path: string, resumable?: Resumable) {
		this.path = path;
		this.partialPath = `${path}.partial`;
		this.settingsPath = `${path}.partial.json`;
		const found = existsSync(this.partialPath);
		if (existsSync(path)) throw taken(path, "Choose another name, or move that file away first");
		if (found && !resumable?.resume) {
			const go = resumable ? "Go on from it with --resume, choose another name" : "Choose another name";
			throw taken(this.partialPath, `${go}, or move that file away first`);
		}
		if (found && resumable) {
			requireSame(this.partialPath, this.settingsPath, resumable.settings);
			this.kept = this.cut(resumable);
		} else {
			this.kept = [];
			if (resumable) atomicWrite(this.settingsPath, `${JSON.stringify(resumable.settings, null, "\t")}\n`);
		}
		this.writer = new JsonLinesWriter(this.partialPath);
	}

	private cut(resumable: Resumable): FileRow[] {
		const rows = readJsonLines(this.partialPath, rowSchema);
		const kept = rows.slice(0, resumable.complete(rows));
		if (kept.length < rows.length) {
			const lines = readText(this.partialPath).split("\n").slice(0, kept.length);
			atomicWrite(this.partialPath, lines.map((line) => `${line}\n`).join(""));
		}
		return kept;
	}

	append(row: unknown): void {
		this.writer.append(row);
	}

	/** Gives the complete file its name. */
	finish(): void {
		this.writer.close();
		guardFile(this.path, () => {
			renameSync(this.partialPath, this.path);
			rmSync(this.settingsPath, { force: true });
			syncFolder(dirname(this.path));
		});
	}

	/** Leaves the rows so far where they are; an empty file is removed. */
	keepPartial(rows: number): void {
		this.writer.close();
		if (rows > 0) return;
		rmSync(this.partialPath, { force: true });
		rmSync(this.settingsPath, { force: true });
	}
}

function taken(path: string, hint: string): AppError {
	const message = `${path} already exists.`;
	return new AppError({ code: "usage", message, hint: `${hint}; files are never overwritten.` });
}

function requireSame(
	partialPath: string,
	settingsPath: string,
	settings: Readonly<Record<string, unknown>>,
): void {
	const before = existsSync(settingsPath) ? rowSchema.safeParse(readJson(settingsPath)).data : undefined;
	const changed = Object.keys(settings).filter(
		(name) => JSON.stringify(before?.[name]) !== JSON.stringify(settings[name]),
	);
	if (before !== undefined && changed.length === 0) return;
	throw new AppError({
		code: "usage",
		message:
			before === undefined
				? `${partialPath} cannot be continued: the settings it was made with are not beside it in ${settingsPath}.`
				: `${partialPath} was made with another ${changed.join(" and another ")}.`,
		hint: "Give the same options and files as before, or choose another name and start anew.",
		details: { changed },
	});
}
