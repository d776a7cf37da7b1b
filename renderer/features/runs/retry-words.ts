import type { ApiOutput } from "../../../core/contract/api.ts";
import * as format from "../../ui/format.ts";

type Retried = ApiOutput<"values.retry">;

/** How many of the completions came out right; where they were not graded, only how many there are. */
export function retryResult({ completions, correct }: Retried): string {
	return correct === null
		? `${format.plural(completions.length, "completion")}, not graded: that takes a task and a reference.`
		: `${format.count(correct)} of ${format.plural(completions.length, "completion")} end correct.`;
}

/** `Correct: 14`; null for a completion that was not graded. */
export function completionVerdict({ correct, extracted }: Retried["completions"][number]): string | null {
	if (correct === null) return null;
	return `${correct ? "Correct" : "Wrong"}: ${extracted ?? "no answer"}`;
}

/** How far the completions are and how long it takes, from when the first of them was begun. */
export function retryProgress(done: number, total: number, elapsedMs: number): string {
	const written = `${format.count(done)} of ${format.count(total)} written`;
	return done === 0 || done >= total
		? written
		: `${written}, about ${format.duration((elapsedMs * (total - done)) / done)} left`;
}
