import type { Lengths } from "../../../core/contract/api-data.ts";
import { Histogram } from "../../charts/index.ts";
import { Button, Card, ErrorNote, format, ProgressBar } from "../../ui/index.ts";
import styles from "./DataPage.module.css";
import { useLimits } from "./limits.ts";

/** Lengths of prompt and response together, and what is cut. */
export function LengthsCard({ lengths, error }: { lengths: Lengths | null; error: unknown }) {
	const { maxResponseTokens } = useLimits();
	const ready = lengths?.state === "ready" ? lengths : null;
	const cutShare = ready && ready.examples > 0 ? ready.cut / ready.examples : 0;
	return (
		<Card
			title="Prompt + response, tokens"
			note={ready ? `${format.percent(cutShare)} cut, ${format.count(ready.skipped)} prompts too long` : ""}
			actions={
				ready && ready.cut > 0 ? (
					<Button
						size="sm"
						variant="quiet"
						onClick={() => useLimits.setState({ maxResponseTokens: ready.longestResponse })}
					>
						Set {format.count(ready.longestResponse)}, keeps all
					</Button>
				) : undefined
			}
		>
			{error !== null && <ErrorNote error={error} />}
			{lengths?.state === "failed" && <ErrorNote error={lengths.failure} />}
			<div className={styles.histogram}>
				{lengths?.state === "computing" && (
					<ProgressBar label="Counting tokens" value={lengths.done} max={Math.max(1, lengths.total)} />
				)}
				{ready && ready.bins.length > 0 && (
					<Histogram
						label="prompt + response, tokens"
						bins={{
							edges: [...ready.bins.map(({ from }) => from), ready.bins.at(-1)?.to ?? 0],
							counts: ready.bins.map(({ kept, cut }) => kept + cut),
						}}
						limit={cutFrom(ready.bins)}
						limitLabel={`max response ${format.count(maxResponseTokens)}`}
					/>
				)}
			</div>
		</Card>
	);
}

/** Length from which most of a bin is cut; null where nothing is. */
function cutFrom(bins: readonly { from: number; kept: number; cut: number }[]): number | null {
	return bins.find(({ kept, cut }) => cut > kept)?.from ?? null;
}
