import { z } from "zod";

/** How an answer is taken out of a response and compared with its reference. */
export const TASKS = ["gsm8k", "math", "exact"] as const;
export const taskSchema = z.enum(TASKS);
export type Task = z.infer<typeof taskSchema>;

/** The prompt templates of the paper (appendix A); `plain` passes the problem through. The chat template comes after. */
export const PROMPT_TEMPLATES = {
	plain: "{problem}",
	gsm8k: "{problem}\nPlease reason step by step, and produce a final answer following 4 #, like '#### 0'.",
	math: "{problem}\nPlease reason step by step, and put your final answer within \\boxed{}.",
} as const;

/** The name that a column stands for here, with what its values mean where it is a label in words of its own. */
export const columnSchema = z.union([
	z.string().min(1),
	z.strictObject({
		as: z.string().min(1),
		/** By the value as text: whether it means correct, such as `{ yes: true, no: false }`. Others stay as they are. */
		values: z.record(z.string(), z.boolean()),
	}),
]);
export type ColumnUse = z.infer<typeof columnSchema>;

/** The name that a column is read as. */
export const columnName = (use: ColumnUse): string => (typeof use === "string" ? use : use.as);

/** A data file's own column names, each with what it stands for here, such as `{ instruct: "prompt" }`. */
export const columnsSchema = z.record(z.string().min(1), columnSchema);
export type Columns = z.infer<typeof columnsSchema>;

/** What is done where rows of a data file have errors: nothing starts, or they are left out and counted. */
export const INVALID_ROWS = ["refuse", "skip"] as const;
export const invalidRowsSchema = z.enum(INVALID_ROWS);
export type InvalidRows = z.infer<typeof invalidRowsSchema>;

/** A prompt template: text that holds `{problem}` exactly once. */
export const templateSchema = z
	.string()
	.refine((text) => text.split("{problem}").length === 2, "must hold {problem} exactly once");

/** Puts a problem into a template. */
export function applyTemplate(template: string, problem: string): string {
	// A replacer function, because "$&" in a problem must stay as it is written.
	return template.replace("{problem}", () => problem);
}
