import { Check, X } from "lucide-react";
import { Button, Dialog, ErrorNote, Icon, ProgressBar, Row } from "../../ui/index.ts";
import styles from "./RunPage.module.css";
import { completionVerdict, retryProgress, retryResult } from "./retry-words.ts";
import { COMPLETIONS, type RetryFrom, useRetry } from "./useRetry.ts";

/** Completions of the lines before one, and how many of them are still correct. Closing it stops the sampling. */
export function RetryDialog({ from, onClose }: { from: RetryFrom; onClose: () => void }) {
	const { result, error, progress } = useRetry(from);
	const sampling = result === null && error === null;
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={`Retry from line ${from.line}`}
			size="lg"
			description={result ? retryResult(result) : `${COMPLETIONS} completions of the lines before it.`}
			footer={<Button onClick={onClose}>{sampling ? "Cancel" : "Close"}</Button>}
		>
			{sampling && (
				<div className={styles.retryProgress}>
					<ProgressBar
						label="Completions written"
						value={progress?.done}
						max={progress?.total ?? COMPLETIONS}
						valueText={progress ? `${progress.done} of ${progress.total}` : "loading the model"}
					/>
					<span>
						{progress
							? retryProgress(progress.done, progress.total, Date.now() - progress.startedAt)
							: "Loading the model"}
					</span>
				</div>
			)}
			{error !== null && <ErrorNote error={error} />}
			{result && (
				<ol className={styles.retry} aria-label="Completions">
					{result.completions.map((completion, i) => {
						const verdict = completionVerdict(completion);
						return (
							// biome-ignore lint/suspicious/noArrayIndexKey: equal completions are told apart by their place alone.
							<li key={i} className={styles.completion}>
								{verdict !== null && (
									<Row gap={4}>
										<span className={styles.mark} data-correct={completion.correct ?? undefined}>
											<Icon icon={completion.correct ? Check : X} />
										</span>
										{verdict}
									</Row>
								)}
								<pre className="mono">{completion.text}</pre>
							</li>
						);
					})}
				</ol>
			)}
		</Dialog>
	);
}
