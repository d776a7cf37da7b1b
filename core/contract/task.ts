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

/** A data file's own column names, each with the name it stands for here, such as `{ instruct: "prompt" }`. */
export const columnsSchema = z.record(z.string().min(1), z.string().min(1));
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
