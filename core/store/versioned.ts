import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { issuesText } from "../contract/issues.ts";
import { atomicWrite, readJson } from "./files.ts";

type Json = Record<string, unknown>;

/** A kind of JSON file with a `schemaVersion`, and how files of older versions become the current form. */
export interface VersionedFormat<T> {
	/** What the file is, for errors: "run configuration". */
	what: string;
	version: number;
	/** The current form, `schemaVersion` included. */
	schema: z.ZodType<T>;
	/** `migrations[n]` turns a file of version n into one of version n + 1; it need not set `schemaVersion`. */
	migrations: Readonly<Record<number, (old: Json) => Json>>;
}

const envelopeSchema = z.looseObject({ schemaVersion: z.int().min(1) });

/**
 * Reads a versioned file and brings it to the current form; the file itself stays as it is.
 * Throws `file-missing`, `file-corrupt`, and `file-unreadable` for a file from a newer version of this program.
 */
export function readVersioned<T>(path: string, format: VersionedFormat<T>): T {
	return parseVersioned(readJson(path), path, format);
}

/** Brings what was read from the file `path` to the current form; throws as `readVersioned` does. */
export function parseVersioned<T>(raw: unknown, path: string, format: VersionedFormat<T>): T {
	const envelope = envelopeSchema.safeParse(raw);
	if (!envelope.success) throw invalid(path, format.what, "it has no schemaVersion");
	let content: Json = envelope.data;
	let version = envelope.data.schemaVersion;
	if (version > format.version) {
		throw new AppError({
			code: "file-unreadable",
			message: `${path} is a ${format.what} of version ${version}; this program knows versions up to ${format.version}.`,
			hint: "Update DQO Studio, then open it again.",
		});
	}
	for (; version < format.version; version++) {
		const migrate = format.migrations[version];
		if (migrate === undefined) throw new Error(`${format.what}: no migration from version ${version}`);
		content = { ...migrate(content), schemaVersion: version + 1 };
	}
	const parsed = format.schema.safeParse(content);
	if (parsed.success) return parsed.data;
	throw invalid(path, format.what, issuesText(parsed.error));
}

/** Checks a value against its format and writes it atomically, readable by people. */
export function writeVersioned<T>(path: string, format: VersionedFormat<T>, value: T): void {
	atomicWrite(path, `${JSON.stringify(format.schema.parse(value), null, "\t")}\n`);
}

function invalid(path: string, what: string, problem: string): AppError {
	return new AppError({
		code: "file-corrupt",
		message: `${path} is not a valid ${what}: ${problem}.`,
		hint: "The file was changed by hand or damaged; restore it from a copy.",
	});
}
