import type { ReactNode } from "react";
import type { DataEntry, Lengths } from "../../../core/contract/api-data.ts";
import { Card, format, Skeleton } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import styles from "./DataPage.module.css";
import { useLimits } from "./limits.ts";

interface Props {
	entry: DataEntry;
	version: string;
	lengths: Lengths | null;
}

/** What is in the file, in numbers; what is not known yet has its room already. */
export function CountsStrip({ entry, version, lengths }: Props) {
	const { value: summary, error } = useAnswer("data.summary", { id: entry.id }, version);
	const { maxResponseTokens } = useLimits();
	const ready = lengths?.state === "ready" ? lengths : null;
	const counting = lengths === null || lengths.state === "computing";
	const done =
		lengths?.state === "computing" && lengths.total > 0
			? format.percent(lengths.done / lengths.total, 0)
			: "";
	const correct = summary && summary.labelled > 0 ? summary.correct / summary.labelled : null;
	const known = (text: string) => (summary === null && error === null ? <Skeleton chars={4} /> : text);
	const counted = (value: number | null | undefined) =>
		counting ? <Skeleton chars={3} label="Counting tokens" /> : format.count(value);
	return (
		<Card>
			<dl className={styles.counts}>
				<Count
					label="Rows"
					value={format.count(entry.usableRows)}
					unit={entry.usableRows === entry.rows ? "" : `of ${format.count(entry.rows)}`}
				/>
				<Count label="Prompts" value={known(format.count(summary?.prompts))} />
				<Count
					label="Correct"
					value={known(correct === null ? format.NONE : format.fixed(100 * correct, 1))}
					unit={correct === null ? "" : "%"}
				/>
				<Count label="Responses per prompt" value={known(format.number(summary?.responsesPerPrompt))} />
				<Count
					label="Median response"
					value={counted(ready?.medianResponse)}
					unit={counting ? done : "tokens"}
				/>
				<Count
					label={`Cut at ${format.count(maxResponseTokens)}`}
					value={counted(ready?.cut)}
					unit={counting ? done : "rows"}
				/>
			</dl>
		</Card>
	);
}

function Count({ label, value, unit = "" }: { label: string; value: ReactNode; unit?: string }) {
	return (
		<div>
			<dt>{label}</dt>
			<dd>
				<b>{value}</b> <span>{unit}</span>
			</dd>
		</div>
	);
}
