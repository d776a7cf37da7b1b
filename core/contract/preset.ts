import { z } from "zod";
import { METHODS, type Method, methodSchema, runConfigSchema } from "./run.ts";

/** The fields that a preset may set: not the method, which it names itself, nor the files of one user. */
const fields = runConfigSchema.omit({
	schemaVersion: true,
	method: true,
	modelDir: true,
	dataPath: true,
	validationPath: true,
	validationColumns: true,
});

/** A named set of hyperparameters for a method: what is fixed, and what is searched. */
export const presetSchema = z.strictObject({
	name: z.string().regex(/^[a-z0-9-]+$/),
	about: z.string().min(1).describe("What it is and where its numbers come from."),
	method: methodSchema,
	run: fields.partial().describe("Fields of the run configuration that every point shares."),
	grid: z
		.partialRecord(fields.keyof(), z.array(z.json()).min(1))
		.describe("Values to try of each field; the first is the one to take without a search."),
});
export type Preset = z.infer<typeof presetSchema>;

/** The paper's settings of each method. */
export const PRESETS: readonly string[] = METHODS.map((method: Method) => `paper-${method}`);

/** Every combination of a preset's grid with its fixed fields, as input of `resolveRunConfig`; the first comes first. */
export function gridPoints({ method, run, grid }: Preset): Record<string, unknown>[] {
	return Object.entries(grid).reduce<Record<string, unknown>[]>(
		(points, [field, values]) =>
			points.flatMap((point) => (values ?? []).map((value) => ({ ...point, [field]: value }))),
		[{ method, ...run }],
	);
}
