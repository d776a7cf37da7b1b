import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { failureSchema } from "../../contract/error-body.ts";
import { sweepConfigSchema } from "../../contract/sweep.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";

const sweepFileSchema = z.strictObject({
	schemaVersion: z.literal(1),
	name: z.string(),
	modelName: z.string(),
	dataName: z.string(),
	createdAt: z.number(),
	/** What was asked for; `sweep.json` holds the plan made from it once its turn came. */
	config: sweepConfigSchema,
	/** Why it ended last, where its own files do not tell. */
	failure: failureSchema.nullable(),
});
/** What the app knows of a sweep besides its own files; `app.json` in its folder holds it. */
export type SweepFile = z.infer<typeof sweepFileSchema>;

const FORMAT: VersionedFormat<SweepFile> = {
	what: "sweep description",
	version: 1,
	schema: sweepFileSchema,
	migrations: {},
};

/** Null for a sweep that `dqo sweep` began. Throws `file-corrupt`. */
export function readSweepFile(dir: string): SweepFile | null {
	const path = join(dir, "app.json");
	return existsSync(path) ? readVersioned(path, FORMAT) : null;
}

export function writeSweepFile(dir: string, file: SweepFile): void {
	writeVersioned(join(dir, "app.json"), FORMAT, file);
}
