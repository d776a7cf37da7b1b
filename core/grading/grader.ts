import type { Task } from "../contract/task.ts";
import { gradeExact } from "./exact.ts";
import { gradeGsm8k } from "./gsm8k.ts";
import { gradeMath } from "./math.ts";
import type { Verdict } from "./verdict.ts";

export interface Grader {
	task: Task;
	/** Judges one response against the reference answer; never throws on odd text. */
	grade(response: string, reference: string): Verdict;
}

/** One grader per task. */
export const graders: { readonly [T in Task]: Grader & { task: T } } = {
	gsm8k: { task: "gsm8k", grade: gradeGsm8k },
	math: { task: "math", grade: gradeMath },
	exact: { task: "exact", grade: gradeExact },
};
