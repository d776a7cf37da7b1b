import { type Ref, useEffect, useState } from "react";
import type { ValueTrace } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import type { ValueStripHandle } from "../../charts/index.ts";
import { Card, EmptyState, ErrorNote } from "../../ui/index.ts";
import { TraceStrip } from "../shared/TraceStrip.tsx";
import { RetryDialog } from "./RetryDialog.tsx";
import styles from "./RunPage.module.css";
import type { Picked } from "./RunSamples.tsx";
import type { RetryFrom } from "./useRetry.ts";

interface Props {
	runId: string;
	picked: Picked | null;
	template: string;
	task: RetryFrom["task"];
	maxNewTokens: number;
	ref: Ref<ValueStripHandle>;
}

/** V along the picked answer. */
export function SampleStrip({ runId, picked, template, task, maxNewTokens, ref }: Props) {
	const [trace, setTrace] = useState<ValueTrace | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [retry, setRetry] = useState<RetryFrom | null>(null);
	const { step, row } = picked ?? { step: null, row: null };
	useEffect(() => {
		if (step === null || row === null) return;
		let current = true;
		call("runs.sampleTrace", { id: runId, step, row }).then(
			(found) => {
				if (!current) return;
				setTrace(found);
				setError(null);
			},
			(problem: unknown) => current && setError(problem),
		);
		return () => {
			current = false;
		};
	}, [runId, step, row]);
	if (error !== null)
		return (
			<Card title="Value along the response" className={styles.strip}>
				<ErrorNote error={error} />
			</Card>
		);
	if (trace === null)
		return (
			<Card title="Value along the response" className={styles.strip}>
				<EmptyState title="Where an answer goes wrong">
					V under each token of an answer appears here with the first evaluation: it falls where the mistake
					is made.
				</EmptyState>
			</Card>
		);
	return (
		<div className={styles.strip}>
			<TraceStrip
				trace={trace}
				ref={ref}
				onRetry={(line, prefix) =>
					setRetry({
						line,
						prefix,
						model: { type: "run", id: runId, checkpoint: "best" },
						prompt: trace.prompt,
						reference: trace.reference,
						template,
						task,
						maxNewTokens,
					})
				}
			/>
			{retry && <RetryDialog from={retry} onClose={() => setRetry(null)} />}
		</div>
	);
}
