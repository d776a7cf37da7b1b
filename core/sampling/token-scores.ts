import type { Task } from "../contract/task.ts";
import type { TokenScores } from "../contract/token-scores.ts";
import { segmentEnds } from "../tokenizers/segment-ends.ts";
import { tokenTexts } from "../tokenizers/text-stream.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { splitSegments } from "./process-scores.ts";

/** What is known of a response's tokens. */
export interface Scored {
	readonly tokens: readonly number[];
	readonly values: Float32Array | null;
	readonly logProbs: Float32Array;
	readonly referenceLogProbs: Float32Array | null;
	readonly reward: number | null;
}

/** A response in the form in which it is shown. Segments are lines; paragraphs where the task is MATH. */
export function toTokenScores(scored: Scored, task: Task | null, tokenizer: Tokenizer): TokenScores {
	const { tokens, values, logProbs, referenceLogProbs, reward } = scored;
	const response = tokenizer.decode(tokens);
	const segments = response === "" ? [] : splitSegments(response, task === "math" ? "paragraph" : "line");
	return {
		tokenIds: [...tokens],
		tokens: tokenTexts(tokens, tokenizer),
		values: values && digits(values),
		logProbs: digits(logProbs),
		referenceLogProbs: referenceLogProbs && digits(referenceLogProbs),
		segmentEnds: segmentEnds(tokens, segments, tokenizer),
		reward,
	};
}

/** Seven digits, all that float32 holds. */
export const digits = (values: Float32Array): number[] => Array.from(values, (x) => Number(x.toPrecision(7)));
