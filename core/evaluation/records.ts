import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { guardFile } from "../store/files.ts";

const message = z.object({ role: z.string(), content: z.string() });

/** What an evaluation keeps of a problem; further columns are allowed, so that rows can be annotated. */
export const recordSchema = z.object({
	row: z.int().min(0),
	prompt: z.union([z.string(), z.array(message)]),
	/** The greedy response. */
	completion: z.string(),
	label: z.boolean(),
	extracted: z.string().nullable(),
	reference: z.string().nullable().optional(),
	/** Sampled responses, one for each seed. */
	samples: z.array(z.object({ label: z.boolean(), extracted: z.string().nullable() })).optional(),
});
export type EvaluationRecord = z.infer<typeof recordSchema>;

/** Reads the records that `evaluate` wrote. Throws `file-missing` or `data-invalid`, naming the line. */
export function readRecords(path: string): EvaluationRecord[] {
	const lines = guardFile(path, () => readFileSync(path, "utf8")).split("\n");
	return lines.flatMap((line, i) => {
		if (line.trim() === "") return [];
		const parsed = recordSchema.safeParse(jsonOf(line));
		if (parsed.success) return [parsed.data];
		throw new AppError({
			code: "data-invalid",
			message: `${path}, line ${i + 1}, is not the record of an evaluated problem: ${z.prettifyError(parsed.error)}`,
			hint: "Compare files that `dqo eval --out FILE.jsonl` wrote, or folders of models or runs.",
		});
	});
}

/** Undefined for text that is no JSON; the schema then says so. */
function jsonOf(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}
