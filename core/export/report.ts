import { existsSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { AppError } from "../contract/errors.ts";
import { openSafetensors } from "../models/hf/safetensors.ts";
import { guardFile, makeFolder, syncFolder, temporaryBeside } from "../store/files.ts";

/** What an export wrote and what was checked by reopening it; a check that fails throws instead. */
export interface ExportReport {
	dir: string;
	files: { name: string; bytes: number }[];
	/** Sum over the files. */
	bytes: number;
	/** One sentence each. */
	checks: string[];
	/** What a user of the files should know, a sentence each. */
	notes?: string[];
}

/**
 * Fills a folder through `write` under a temporary name, lets `write` check it (its result is the report's checks), and
 * only then gives it the name `named`. Throws `usage` when `named` holds files or is one, `disk-full`.
 */
export async function exportFolder(
	named: string,
	write: (dir: string) => string[] | Promise<string[]>,
): Promise<ExportReport> {
	// A link to an empty folder stays: what it leads to is replaced.
	const outDir = existsSync(named) ? realpathSync(named) : named;
	const inTheWay = !existsSync(outDir)
		? null
		: !statSync(outDir).isDirectory()
			? `${named} is a file, and an export is a folder.`
			: guardFile(outDir, () => readdirSync(outDir)).length > 0
				? `The folder ${named} already holds files.`
				: null;
	if (inTheWay !== null) {
		const hint = "Choose a new or an empty folder for the export.";
		throw new AppError({ code: "usage", message: inTheWay, hint });
	}
	const temporary = temporaryBeside(outDir);
	try {
		makeFolder(temporary);
		const checks = await write(temporary);
		guardFile(outDir, () => {
			syncFolder(temporary);
			if (existsSync(outDir)) rmdirSync(outDir);
			renameSync(temporary, outDir);
			syncFolder(dirname(outDir));
		});
		const files = filesIn(outDir);
		return { dir: outDir, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0), checks };
	} catch (error) {
		rmSync(temporary, { recursive: true, force: true });
		throw error;
	}
}

/** The files of a folder and of the folders in it, by their path from it. */
function filesIn(dir: string): { name: string; bytes: number }[] {
	const all = readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
	return all.flatMap((name) => {
		const found = statSync(join(dir, name));
		return found.isFile() ? [{ name: name.split(sep).join("/"), bytes: found.size }] : [];
	});
}

interface Stored {
	name: string;
	dtype: string;
	shape: readonly number[];
	sha256: string;
}

type Found = ReadonlyMap<string, { dtype: string; shape: readonly number[]; digest(): string }>;

/** Reopens a weight file and holds every tensor against what was written. Throws `file-corrupt`. */
export function checkWritten(
	path: string,
	written: readonly Stored[],
	tensors: Found = openSafetensors(path).tensors,
): void {
	for (const { name, dtype, shape, sha256 } of written) {
		const found = tensors.get(name);
		const same = found?.dtype === dtype && found.shape.join() === shape.join() && found.digest() === sha256;
		if (!same) throw writtenWrong(path, `tensor ${name} does not read back as it was written`);
	}
	if (tensors.size !== written.length) {
		throw writtenWrong(path, `${tensors.size} tensors read back, ${written.length} were written`);
	}
}

/** The error for an exported file that is not what was written. */
export function writtenWrong(path: string, what: string): AppError {
	return new AppError({
		code: "file-corrupt",
		message: `${path}: ${what}.`,
		hint: "The disk may be failing: export to another disk.",
	});
}
