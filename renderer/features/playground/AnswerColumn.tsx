import { useState } from "react";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { runColor } from "../../app/colors.ts";
import { useStudio } from "../../app/store.ts";
import { Button, Card, ErrorNote, format, LoadingLine, Pill, Row, StatusDot } from "../../ui/index.ts";
import { RetryDialog } from "../runs/RetryDialog.tsx";
import type { RetryFrom } from "../runs/useRetry.ts";
import { TraceStrip } from "../shared/TraceStrip.tsx";
import { useAllRuns } from "../shared/useModelOptions.ts";
import { type Answer, isOpen, type Turn } from "./answers.ts";
import { decodingWords, targetName } from "./names.ts";
import styles from "./Playground.module.css";
import { toAsk } from "./request.ts";
import { ask } from "./store.ts";

interface Props {
	turn: Turn;
	target: ModelRef;
	answer: Answer | undefined;
}

/** One model's answer as it is written, with V under it once it is whole. */
export function AnswerColumn({ turn, target, answer }: Props) {
	const models = useStudio((s) => s.models);
	const runs = useStudio((s) => s.runs);
	const known = useAllRuns();
	const [retry, setRetry] = useState<RetryFrom | null>(null);
	if (answer === undefined) return null;
	const name = targetName(target, models, known);
	const asked = toAsk(turn.question);
	const { trace, state } = answer;
	return (
		<section className={styles.answer} aria-label={`Answer of ${name}`}>
			<Card
				flush
				title={
					<Row gap={8}>
						<StatusDot color={target.type === "run" ? runColor(runs ?? [], target.id) : "var(--text-3)"} />
						<span className="truncate">{name}</span>
					</Row>
				}
				note={decodingWords(turn.question)}
				actions={<Verdict answer={answer} />}
				footer={<span className={styles.quiet}>{footOf(answer)}</span>}
			>
				<LoadingLine active={isOpen(answer)} label={`${name}: ${footOf(answer)}`} />
				{state === "failed" ? (
					<ErrorNote
						flush
						error={answer.failure}
						action={
							<Button size="sm" onClick={() => void ask(turn)}>
								Ask again
							</Button>
						}
					/>
				) : (
					<pre className={styles.text}>{answer.text}</pre>
				)}
			</Card>
			{trace !== null && (
				<TraceStrip
					trace={trace}
					title="Value along the answer"
					onRetry={(line, prefix) => {
						const { prompt, template, task, reference, sampling } = asked;
						const { maxNewTokens } = sampling;
						setRetry({ line, prefix, model: target, prompt, template, task, reference, maxNewTokens });
					}}
				/>
			)}
			{retry && <RetryDialog from={retry} onClose={() => setRetry(null)} />}
		</section>
	);
}

function Verdict({ answer: { trace, truncated, state } }: { answer: Answer }) {
	if (state === "cancelled") return <Pill>Cancelled</Pill>;
	if (trace === null) return null;
	return (
		<>
			{truncated && <Pill tone="warn">Cut at the limit</Pill>}
			{trace.correct !== null && (
				<Pill tone={trace.correct ? "good" : "bad"}>
					{trace.correct ? "Correct" : "Wrong"}: {trace.extracted ?? "no answer"}
				</Pill>
			)}
		</>
	);
}

function footOf({ state, trace, seconds, tokensPerSecond }: Answer): string {
	switch (state) {
		case "waiting":
			return "Waiting for its turn";
		case "loading":
			return "Loading the model";
		case "writing":
			return "Writing";
		case "cancelled":
			return "Cancelled; what was written stays";
		case "failed":
			return "No answer";
		case "done":
			return `${format.plural(trace?.tokens.length ?? 0, "token")} in ${format.fixed(seconds, 1)} s, ${format.count(Math.round(tokensPerSecond))} tokens/s`;
	}
}
