import type { Lengths } from "../../../core/contract/api-data.ts";
import { Histogram } from "../../charts/index.ts";
import { Button, Card, ErrorNote, format, ProgressBar } from "../../ui/index.ts";
import styles from "./DataPage.module.css";
import { useLimits } from "./limits.ts";

type Ready = Extract<Lengths, { state: "ready" }>;

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
							cut: ready.bins.map(({ cut }) => cut),
						}}
						limit={limitLine(ready, maxResponseTokens)}
						limitLabel={`max response ${format.count(maxResponseTokens)}`}
					/>
				)}
			</div>
		</Card>
	);
}

/** Past so many times the longest example the limit would leave the bars no room. */
const FAR = 1.5;

/** Where a response at the limit ends after a prompt of median length; null where that is far from all that is there. */
function limitLine({ bins, medianPrompt }: Ready, maxResponseTokens: number): number | null {
	const at = (medianPrompt ?? 0) + maxResponseTokens;
	return at > FAR * (bins.at(-1)?.to ?? 0) ? null : at;
}
