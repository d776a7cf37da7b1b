import { z } from "zod";
import { bytesSchema, countSchema, doneSchema, emptySchema, pathSchema, timeSchema } from "./api-common.ts";
import { method } from "./api-method.ts";
import { parityResultSchema } from "./parity.ts";
import { providerChoiceSchema, providerSchema } from "./provider.ts";

export const SETTINGS_SCHEMA_VERSION = 1;

const settings = {
	theme: z.enum(["system", "light", "dark"]),
	motion: z.enum(["system", "reduced"]),
	/** Per cent. */
	zoom: z.int().min(75).max(200),
	/** Shortcuts of one key without a modifier, such as P for pause. */
	singleKeys: z.boolean(),
	/** What closing the last window does while something trains. */
	onClose: z.enum(["ask", "keep-running", "stop"]),
	notify: z.boolean().describe("Tell of runs that end while the window is not in front."),
	/** 0 takes every core. */
	threads: z.int().min(0).max(1024),
	provider: providerChoiceSchema.describe("What new runs and tasks compute with."),
	/** Runs that train at a time. */
	maxParallel: z.int().min(1).max(64),
};
/** A change names some settings; defaults must not fill in the rest, or a change of one would reset all. */
const settingsChangeSchema = z.strictObject(settings).partial();

/** What the user chose for this installation; `settings.json` holds it. */
export const settingsSchema = z.strictObject({
	schemaVersion: z.literal(SETTINGS_SCHEMA_VERSION).default(SETTINGS_SCHEMA_VERSION),
	theme: settings.theme.default("system"),
	motion: settings.motion.default("system"),
	zoom: settings.zoom.default(100),
	singleKeys: settings.singleKeys.default(true),
	onClose: settings.onClose.default("ask"),
	notify: settings.notify.default(true),
	threads: settings.threads.default(0),
	provider: settings.provider.default("auto"),
	maxParallel: settings.maxParallel.default(1),
});
export type Settings = z.infer<typeof settingsSchema>;

export const appInfoSchema = z.strictObject({
	version: z.string(),
	shell: z.enum(["electron", "browser"]),
	platform: z.enum(["linux", "darwin", "win32"]),
	/** Folder that runs, imports, sweeps and exports lie in. */
	dataDir: z.string(),
	threads: z.int().min(1),
	cpu: z.string(),
	memoryBytes: bytesSchema,
});
export type AppInfo = z.infer<typeof appInfoSchema>;

/** An execution provider of ONNX Runtime, and what is known of it here. */
export const deviceSchema = z.strictObject({
	provider: providerSchema,
	/** Name as people know it, such as "CUDA". */
	label: z.string(),
	/** The hardware behind it, such as "16 cores, 128 GB". */
	hardware: z.string().nullable(),
	state: z.enum(["untested", "testing", "works", "missing"]),
	/** The one that training uses. */
	inUse: z.boolean(),
	/** From loading the runtime to the first result, milliseconds. */
	elapsedMs: z.number().nullable(),
	reason: z.string().nullable(),
	remedy: z.string().nullable(),
	details: z.string().nullable(),
	/** A comparison with the CPU is at work. */
	comparing: z.boolean(),
	parity: parityResultSchema.nullable(),
	/** Why the last comparison broke off. */
	parityError: z.string().nullable(),
});
export type Device = z.infer<typeof deviceSchema>;

/** Load of this computer at this moment. */
export const meterSchema = z.strictObject({
	/** Name of the processor that computes, or of the computer where that is not known. */
	device: z.string(),
	provider: providerSchema,
	memoryUsedBytes: bytesSchema,
	memoryTotalBytes: bytesSchema,
	/** Per cent of all cores. */
	busyPercent: z.number().min(0).nullable(),
	/** Resident memory of all engine processes. */
	engineBytes: bytesSchema,
});
export type Meter = z.infer<typeof meterSchema>;

export const storagePartSchema = z.strictObject({
	what: z.enum(["runs", "sweeps", "imports", "generated", "exports", "adapters", "cache"]),
	path: z.string(),
	bytes: bytesSchema,
	count: countSchema,
});

export const fileEntrySchema = z.strictObject({
	name: z.string(),
	path: z.string(),
	type: z.enum(["folder", "file"]),
	bytes: bytesSchema.nullable(),
	modified: timeSchema.nullable(),
	/** What it looks like by name and content. */
	looksLike: z.enum(["dataset", "model"]).nullable(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const appApi = {
	"app.info": method(emptySchema, appInfoSchema),
	"settings.get": method(emptySchema, settingsSchema),
	"settings.set": method(settingsChangeSchema, settingsSchema),
	"devices.list": method(emptySchema, z.strictObject({ devices: z.array(deviceSchema) })),
	/** Computes with a provider in a process of its own; null tries all. Changes arrive as `changed: devices`. */
	"devices.test": method(z.strictObject({ provider: providerSchema.nullable() }), doneSchema),
	/** Computes a training step and answers with a provider and with the CPU and compares, in a process of its own. */
	"devices.compare": method(z.strictObject({ provider: providerSchema }), doneSchema),
	"system.meter": method(emptySchema, meterSchema),
	"storage.usage": method(
		emptySchema,
		z.strictObject({ dir: z.string(), parts: z.array(storagePartSchema), freeBytes: bytesSchema }),
	),
	/** Deletes what can be made again: cached log-probs and weights. Gives back the bytes freed. */
	"storage.cleanCache": method(emptySchema, z.strictObject({ freedBytes: bytesSchema })),
	/** Lists a folder inside the places that may be read; null is the first of them. */
	"files.browse": method(
		z.strictObject({ dir: pathSchema.nullable(), show: z.enum(["datasets", "models", "folders"]) }),
		z.strictObject({
			dir: z.string(),
			parent: z.string().nullable(),
			roots: z.array(z.strictObject({ name: z.string(), path: z.string() })),
			entries: z.array(fileEntrySchema),
			/** Entries of a very large folder that are not listed. */
			omitted: countSchema,
		}),
	),
	/** The system's own dialog; refused with `usage` where there is none (in a browser). Empty when cancelled. */
	"files.pick": method(
		z.strictObject({ what: z.enum(["datasets", "model", "folder"]), title: z.string() }),
		z.strictObject({ paths: z.array(z.string()) }),
	),
	/** Shows a file in the system's file manager; refused with `usage` in a browser. */
	"files.reveal": method(z.strictObject({ path: pathSchema }), doneSchema),
} as const;
