import { useState } from "react";
import { Banner, Card, ErrorNote, format, LoadingLine, Pill } from "../../ui/index.ts";
import { RetryDialog, type RetryFrom } from "../runs/RetryDialog.tsx";
import { TraceStrip } from "../shared/TraceStrip.tsx";
import type { Answer } from "./answers.ts";
import { isComing } from "./answers.ts";
import styles from "./Playground.module.css";
import type { Form } from "./request.ts";
import type { Target } from "./targets.ts";

const WORDS: Record<Answer["state"], string> = {
	waiting: "Waiting for its turn",
	loading: "Loading the model",
	streaming: "Answering",
	final: "",
	cancelled: "Cancelled",
	failed: "Failed",
};

/** One target's answer, as it comes, with V along it where the target has a value function. */
export function AnswerCard({ target, answer, form }: { target: Target; answer: Answer | null; form: Form }) {
	const [retry, setRetry] = useState<RetryFrom | null>(null);
	const trace = answer?.trace ?? null;
	const startRetry = (line: number, prefix: string) =>
		setRetry({
			...{ line, prefix, model: target.ref, prompt: form.prompt, template: form.template },
			task: trace?.reference ? form.task : null,
			reference: trace?.reference ?? null,
			maxNewTokens: form.maxNewTokens ?? 256,
		});
	return (
		<Card
			title={target.label}
			note={target.detail}
			flush
			actions={
				<>
					{answer && WORDS[answer.state] !== "" && <Pill dot={isComing(answer)}>{WORDS[answer.state]}</Pill>}
					{answer?.truncated && <Pill tone="warn">Cut at the limit</Pill>}
					{trace?.correct === true && <Pill tone="good">Correct: {trace.extracted}</Pill>}
					{trace?.correct === false && <Pill tone="bad">Wrong: {trace.extracted ?? "no answer found"}</Pill>}
					{answer?.tokensPerSecond != null && (
						<span className={styles.speed}>
							<b>{format.count(answer.tokensPerSecond)}</b> tokens/s, {format.fixed(answer.seconds, 1)} s
						</span>
					)}
				</>
			}
		>
			<LoadingLine active={answer !== null && isComing(answer)} label={answer ? WORDS[answer.state] : ""} />
			{answer === null ? (
				<p className={styles.hint}>
					Its answer appears here, token by token{target.hasValue ? ", with V under each of them" : ""}.
				</p>
			) : (
				<>
					{answer.state === "failed" && <ErrorNote error={answer.failure} flush />}
					{answer.state === "cancelled" && (
						<Banner flush title="Cancelled.">
							What had come stays.
						</Banner>
					)}
					<div className={styles.text} aria-live="polite">
						{answer.text}
					</div>
					{trace && trace.values !== "none" && (
						<div className={styles.strip}>
							<TraceStrip trace={trace} onRetry={startRetry} />
						</div>
					)}
					{trace && trace.values === "none" && (
						<p className={styles.hint}>V needs DQO or DRO; this one has no value function.</p>
					)}
				</>
			)}
			{retry && <RetryDialog from={retry} onClose={() => setRetry(null)} />}
		</Card>
	);
}
