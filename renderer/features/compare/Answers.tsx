import { useState } from "react";
import type { ValueTrace } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { Button, ErrorNote, Pill, StatusDot } from "../../ui/index.ts";
import { TraceStrip } from "../shared/TraceStrip.tsx";
import styles from "./Compare.module.css";
import type { Side } from "./PairedView.tsx";
import type { Problem } from "./problems.ts";

interface Props {
	problem: Problem;
	sides: readonly Side[];
	names: readonly string[];
}

/** A problem with every answer to it, side by side, and V along those of models that have it. */
export function Answers({ problem, sides, names }: Props) {
	return (
		<div className={styles.detail}>
			<p className={styles.prompt}>{problem.prompt}</p>
			{problem.reference !== null && (
				<details className={styles.reference}>
					<summary>Reference solution</summary>
					<pre>{problem.reference}</pre>
				</details>
			)}
			<div className={styles.answers}>
				{problem.answers.map((answer, i) => {
					const side = sides[i];
					return (
						side && (
							<Answer
								key={names[i]}
								side={side}
								name={names[i] ?? side.label}
								problem={problem}
								answer={answer}
							/>
						)
					);
				})}
			</div>
		</div>
	);
}

function Answer({
	side,
	name,
	problem,
	answer,
}: {
	side: Side;
	name: string;
	problem: Problem;
	answer: Problem["answers"][number];
}) {
	const [trace, setTrace] = useState<ValueTrace | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [loading, setLoading] = useState(false);
	const { correct, extracted, response } = answer;
	const { inspect } = side;
	const read = async () => {
		if (inspect === null) return;
		setLoading(true);
		setError(null);
		try {
			const { prompt, reference } = problem;
			setTrace(await call("values.inspect", { ...inspect, prompt, reference, response }));
		} catch (problem) {
			setError(problem);
		} finally {
			setLoading(false);
		}
	};
	return (
		<section
			className={styles.answer}
			aria-label={`Answer of ${name}`}
			data-wide={trace !== null || undefined}
		>
			{trace === null && (
				<header>
					<StatusDot color={side.color} />
					<b className="truncate">{name}</b>
					<Pill tone={correct ? "good" : "bad"}>
						{correct ? "Correct" : "Wrong"}: {extracted ?? "no answer"}
					</Pill>
					{inspect !== null && (
						<Button size="sm" variant="quiet" loading={loading} onClick={() => void read()}>
							{loading ? "Reading V" : "Show V"}
						</Button>
					)}
				</header>
			)}
			{error !== null && <ErrorNote error={error} />}
			{trace === null && <pre>{response}</pre>}
			{trace !== null && <TraceStrip trace={trace} title={`Value along the answer of ${name}`} />}
		</section>
	);
}
