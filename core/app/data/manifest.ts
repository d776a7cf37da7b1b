import { z } from "zod";
import {
	bytesSchema,
	countSchema,
	failureOrNullSchema,
	shareSchema,
	timeSchema,
} from "../../contract/api-common.ts";
import { columnsSchema } from "../../contract/task.ts";
import { DATASET_KINDS } from "../../datasets/types.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";
import { indexFile } from "./index-files.ts";

/** An index of another version is not migrated: the file it was made from is read again. */
export const INDEX_SCHEMA_VERSION = 2;

/** What a data set holds, counted over its usable rows. */
const countsSchema = z.strictObject({
	examples: countSchema,
	prompts: countSchema,
	/** Examples with a response or a reference to imitate. */
	texts: countSchema,
	scored: countSchema,
	pairs: countSchema,
	labelled: countSchema,
	correct: countSchema,
	responsesPerPrompt: z.number().nullable(),
	duplicates: countSchema,
	oneOutcomePrompts: countSchema,
	withReference: countSchema,
	withProcessScores: countSchema,
	withBehaviourLogprobs: countSchema,
	/** Entries of examples.bin: both sides of a pair count. */
	entries: countSchema,
});
export type Counts = z.infer<typeof countsSchema>;

const groupSchema = z.strictObject({
	level: z.enum(["error", "warning", "note"]),
	code: z.string(),
	column: z.string().nullable(),
	count: countSchema,
	/** The first of them, in words. */
	message: z.string(),
	/** Where in problems.bin its row positions begin, and the number that goes with each, if any. */
	at: countSchema,
	extraAt: countSchema.nullable(),
});
export type IndexGroup = z.infer<typeof groupSchema>;

const manifestSchema = z.strictObject({
	schemaVersion: z.literal(INDEX_SCHEMA_VERSION),
	/** The file as it was read. */
	source: z.strictObject({ path: z.string(), bytes: bytesSchema, modifiedMs: timeSchema }),
	/** What it was read with. */
	wanted: z.strictObject({ columns: columnsSchema, kind: z.enum(DATASET_KINDS).nullable() }),
	state: z.enum(["ready", "needs-mapping", "failed"]),
	failure: failureOrNullSchema,
	format: z.enum(["jsonl", "json", "csv", "tsv", "parquet"]).nullable(),
	gzip: z.boolean(),
	kind: z.enum(DATASET_KINDS).nullable(),
	/** The file that rows are read from: the source, or its unpacked copy. */
	textPath: z.string(),
	/** Bytes of a byte order mark before the first row. */
	markBytes: countSchema,
	csv: z.strictObject({ delimiter: z.string(), header: z.array(z.string()) }).nullable(),
	rows: countSchema,
	usableRows: countSchema,
	errors: countSchema,
	warnings: countSchema,
	counts: countsSchema,
	columns: z.array(
		z.strictObject({
			name: z.string(),
			type: z.string(),
			readable: shareSchema,
			example: z.string(),
			/** Null where they are many. */
			values: z.array(z.strictObject({ text: z.string(), count: countSchema })).nullable(),
		}),
	),
	groups: z.array(groupSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

const format: VersionedFormat<Manifest> = {
	what: "data set index",
	version: INDEX_SCHEMA_VERSION,
	schema: manifestSchema,
	migrations: {},
};

/** Throws `file-missing` for an index that is not there or not complete. */
export const readManifest = (dir: string): Manifest => readVersioned(indexFile.manifest(dir), format);

/** Written last: an index without it does not count. */
export const writeManifest = (dir: string, manifest: Manifest): void =>
	writeVersioned(indexFile.manifest(dir), format, manifest);
