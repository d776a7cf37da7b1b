import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { idSchema, timeSchema } from "../../contract/api-common.ts";
import { columnsSchema } from "../../contract/task.ts";
import { DATASET_KINDS } from "../../datasets/types.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";

/** What we keep of a data set; what its file holds is in the index. */
const recordSchema = z.strictObject({
	id: idSchema,
	name: z.string(),
	path: z.string(),
	addedAt: timeSchema,
	origin: z.enum(["added", "imported", "made"]),
	columns: columnsSchema,
	/** As the user chose it; null lets the columns decide. */
	kind: z.enum(DATASET_KINDS).nullable(),
	/** Folder name of its index, null when there is none. */
	index: z.string().nullable(),
});
export type DataRecord = z.infer<typeof recordSchema>;

const fileSchema = z.strictObject({ schemaVersion: z.literal(1), entries: z.array(recordSchema) });
const format: VersionedFormat<z.infer<typeof fileSchema>> = {
	what: "list of data sets",
	version: 1,
	schema: fileSchema,
	migrations: {},
};

/** The list of data sets, kept in `datasets.json` of the data folder. */
export class DataRegistry {
	readonly #path: string;
	readonly #records: Map<string, DataRecord>;

	/** Throws `file-corrupt` for a damaged list: it is never replaced by an empty one. */
	constructor(dataDir: string) {
		this.#path = join(dataDir, "datasets.json");
		const entries = existsSync(this.#path) ? readVersioned(this.#path, format).entries : [];
		this.#records = new Map(entries.map((record) => [record.id, record]));
	}

	/** Newest first. */
	list(): DataRecord[] {
		return [...this.#records.values()].sort((a, b) => b.addedAt - a.addedAt);
	}

	get(id: string): DataRecord | undefined {
		return this.#records.get(id);
	}

	put(record: DataRecord): void {
		this.#records.set(record.id, record);
		this.#save();
	}

	delete(id: string): void {
		this.#records.delete(id);
		this.#save();
	}

	#save(): void {
		writeVersioned(this.#path, format, { schemaVersion: 1, entries: [...this.#records.values()] });
	}
}
