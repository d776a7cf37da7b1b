import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { failureSchema } from "../../contract/error-body.ts";
import { runConfigSchema } from "../../contract/run.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";

const appFileSchema = z.strictObject({
	schemaVersion: z.literal(1),
	/** Null for a run that was started elsewhere and not named here. */
	name: z.string().nullable(),
	note: z.string(),
	modelId: z.string().nullable(),
	modelName: z.string().nullable(),
	dataId: z.string().nullable(),
	dataName: z.string().nullable(),
	createdAt: z.number().nullable(),
	/** What a run that has not started yet will be; from its start on `run.json` holds it. */
	config: runConfigSchema.nullable(),
	/** Fields that a resume changed; they change no result. */
	changed: z.strictObject({ microTokens: z.int().min(1).optional() }),
	/** How it ended after event `seq`, where its own events cannot tell because the process was gone. */
	ended: z
		.strictObject({
			seq: z.int().min(0),
			state: z.enum(["failed", "stopped"]),
			failure: failureSchema.nullable(),
		})
		.nullable(),
});
/** What the app knows of a run besides what training itself writes; `app.json` in the run's folder holds it. */
export type AppFile = z.infer<typeof appFileSchema>;

const FORMAT: VersionedFormat<AppFile> = {
	what: "run description",
	version: 1,
	schema: appFileSchema,
	migrations: {},
};

/** Of a run that `dqo train` began. */
export const FOREIGN_RUN: AppFile = {
	schemaVersion: 1,
	name: null,
	note: "",
	modelId: null,
	modelName: null,
	dataId: null,
	dataName: null,
	createdAt: null,
	config: null,
	changed: {},
	ended: null,
};

/** Throws `file-corrupt`. */
export function readAppFile(dir: string): AppFile {
	const path = join(dir, "app.json");
	return existsSync(path) ? readVersioned(path, FORMAT) : FOREIGN_RUN;
}

export function writeAppFile(dir: string, file: AppFile): void {
	writeVersioned(join(dir, "app.json"), FORMAT, file);
}
