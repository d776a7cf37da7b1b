import { Check, X } from "lucide-react";
import { useEffect, useState } from "react";
import type { ApiInput, ApiOutput } from "../../../core/contract/api.ts";
import { call } from "../../api/index.ts";
import { Dialog, ErrorNote, format, Icon, LoadingLine, Row } from "../../ui/index.ts";
import styles from "./RunPage.module.css";

type Input = ApiInput<"values.retry">;
type Result = ApiOutput<"values.retry">;
export type RetryFrom = Omit<Input, "n" | "seed"> & { line: number };

/** As many as the paper samples for a prefix. */
const COMPLETIONS = 20;

/** Samples completions of the lines before one, and says how many of them are still correct. */
export function RetryDialog({ from, onClose }: { from: RetryFrom; onClose: () => void }) {
	const [result, setResult] = useState<Result | null>(null);
	const [error, setError] = useState<unknown>(null);
	useEffect(() => {
		let current = true;
		const { line, ...input } = from;
		call("values.retry", { ...input, n: COMPLETIONS, seed: line }).then(
			(found) => current && setResult(found),
			(problem: unknown) => current && setError(problem),
		);
		return () => {
			current = false;
		};
	}, [from]);
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={`Retry from line ${from.line}`}
			size="lg"
			description={
				result?.correct == null
					? `${COMPLETIONS} completions of the lines before it.`
					: `${format.count(result.correct)} of ${format.count(result.completions.length)} completions end correct.`
			}
		>
			<LoadingLine active={result === null && error === null} label="Sampling completions" />
			{error !== null && <ErrorNote error={error} />}
			<div className={styles.retry}>
				{result?.completions.map((completion, i) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: equal completions are told apart by their place alone.
					<Row key={i} align="start">
						{completion.correct !== null && <Icon icon={completion.correct ? Check : X} />}
						<div className={`${styles.completion} mono`}>{completion.text}</div>
					</Row>
				))}
			</div>
		</Dialog>
	);
}
