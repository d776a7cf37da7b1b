import { type Ref, useMemo } from "react";
import type { ValueTrace } from "../../../core/contract/api-runs.ts";
import { ValueStrip, type ValueStripHandle } from "../../charts/index.ts";
import { markedAnswer } from "./reference.ts";

interface Props {
	trace: ValueTrace;
	title?: string;
	/** Asks for completions from the start of a line (from 1), with the text before it. */
	onRetry?: (line: number, prefix: string) => void;
	ref?: Ref<ValueStripHandle>;
}

/** The value strip of an answer as the program gives it. */
export function TraceStrip({ trace, title, onRetry, ref }: Props) {
	const { tokens, segmentEnds, firstValue, reward, processScores, correct, extracted, reference } = trace;
	// An end token holds no text of the answer; the strip shows it by its reward.
	const shown = useMemo(
		() => tokens.map((token) => (token.isEos && token.text === "" ? { ...token, text: "EOS" } : token)),
		[tokens],
	);
	const verdict =
		correct === null
			? null
			: {
					correct,
					text: correct
						? `Correct: ${extracted ?? ""}`
						: `Wrong: ${extracted ?? "no answer"}${expected(reference)}`,
				};
	return (
		<ValueStrip
			tokens={shown}
			v1={firstValue}
			segments={segmentEnds}
			reward={reward}
			verdict={verdict}
			prompt={trace.prompt}
			processScores={processScores}
			{...(title ? { title } : {})}
			{...(onRetry
				? { onRetryFromLine: (line: number) => onRetry(line, prefixBefore(tokens, segmentEnds, line)) }
				: {})}
			{...(ref ? { ref } : {})}
		/>
	);
}

function expected(reference: string | null): string {
	const marked = markedAnswer(reference);
	return marked === null ? "" : `, expected ${marked}`;
}

/** The text of the lines before a line, counted from 1. */
export function prefixBefore(
	tokens: readonly { text: string }[],
	segmentEnds: readonly number[],
	line: number,
): string {
	const end = line <= 1 ? 0 : (segmentEnds[line - 2] ?? -1) + 1;
	return tokens
		.slice(0, end)
		.map(({ text }) => text)
		.join("");
}
