import type { DataEntry, Lengths } from "../../../core/contract/api-data.ts";
import { Card, format } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import styles from "./DataPage.module.css";
import { useLimits } from "./limits.ts";

interface Props {
	entry: DataEntry;
	version: string;
	lengths: Lengths | null;
}

/** What is in the file, in numbers. */
export function CountsStrip({ entry, version, lengths }: Props) {
	const { value: summary } = useAnswer("data.summary", { id: entry.id }, version);
	const { maxResponseTokens } = useLimits();
	const ready = lengths?.state === "ready" ? lengths : null;
	const correct = summary && summary.labelled > 0 ? summary.correct / summary.labelled : null;
	return (
		<Card>
			<dl className={styles.counts}>
				<Count
					label="Rows"
					value={format.count(entry.usableRows)}
					unit={entry.usableRows === entry.rows ? "" : `of ${format.count(entry.rows)}`}
				/>
				<Count label="Prompts" value={format.count(summary?.prompts)} />
				<Count
					label="Correct"
					value={correct === null ? "n/a" : format.fixed(100 * correct, 1)}
					unit={correct === null ? "" : "%"}
				/>
				<Count label="Responses per prompt" value={format.number(summary?.responsesPerPrompt ?? null)} />
				<Count label="Median response" value={format.count(ready?.medianResponse ?? null)} unit="tokens" />
				<Count
					label={`Cut at ${format.count(maxResponseTokens)}`}
					value={format.count(ready?.cut ?? null)}
					unit="rows"
				/>
			</dl>
		</Card>
	);
}

function Count({ label, value, unit = "" }: { label: string; value: string; unit?: string }) {
	return (
		<div>
			<dt>{label}</dt>
			<dd>
				<b>{value}</b> <span>{unit}</span>
			</dd>
		</div>
	);
}
