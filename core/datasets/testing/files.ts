import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { AppError } from "../../contract/errors.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { type LoadOptions, loadDataset } from "../dataset.ts";

/** Where a test file's data files lie. */
export const dir = temporaryFolder();

let files = 0;
/** Writes a file whose name ends with `name`; gives its path. */
export function write(name: string, content: string | Buffer): string {
	const file = join(dir, `${++files}-${name}`);
	writeFileSync(file, content);
	return file;
}

export const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A scored response that differs from those of other numbers. */
export const scored = (n: number) => ({ prompt: `p${n}`, response: `r${n}`, reward: n / 2 });

export const load = (name: string, content: string | Buffer, options?: LoadOptions) =>
	loadDataset(write(name, content), options);

/** The error that a file is refused with; it names the file and says what to do. */
export async function failure(file: string, options?: LoadOptions): Promise<AppError> {
	const thrown: unknown = await loadDataset(file, options).catch((error: unknown) => error);
	expect(thrown).toHaveProperty("name", "AppError");
	const error = thrown as AppError;
	expect(error.message).toContain(file);
	expect(error.hint.length).toBeGreaterThan(15);
	return error;
}
