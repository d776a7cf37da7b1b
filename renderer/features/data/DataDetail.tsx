import { useState } from "react";
import type { DataEntry } from "../../../core/contract/api-data.ts";
import { call } from "../../api/index.ts";
import { Banner, Button, ErrorNote, format, ProgressBar, Tabs } from "../../ui/index.ts";
import { MakingTasks, NoResponsesCard } from "../making/index.ts";
import { ColumnsCard } from "./ColumnsCard.tsx";
import { CountsStrip } from "./CountsStrip.tsx";
import { DataHeader } from "./DataHeader.tsx";
import styles from "./DataPage.module.css";
import { DetailProvider, useActs } from "./detail.ts";
import { LengthsCard } from "./LengthsCard.tsx";
import { LimitsBar } from "./LimitsBar.tsx";
import { ProblemsCard } from "./ProblemsCard.tsx";
import { RowsTable } from "./RowsTable.tsx";
import { TokensCard } from "./TokensCard.tsx";
import { useLengths } from "./useLengths.ts";

/** One data set: what is in it, how it is read, and how the model will see it. */
export function DataDetail({ entry }: { entry: DataEntry }) {
	const [tab, setTab] = useState<"overview" | "rows">("overview");
	const { failure, act } = useActs();
	const { id, state } = entry;
	// Whatever was asked before the file was read anew is asked again.
	const version = `${state} ${entry.rows} ${JSON.stringify(entry.columns)} ${entry.kind}`;
	return (
		<DetailProvider value={{ act }}>
			<DataHeader entry={entry} />
			{failure !== null && <ErrorNote error={failure} />}
			<MakingTasks dataId={id} />
			<NoResponsesCard dataId={id} />
			{state === "reading" && (
				<Banner
					title={`Reading, ${format.count(entry.rows)} rows so far.`}
					action={<Button onClick={() => act(call("data.cancel", { id }))}>Cancel</Button>}
				>
					{entry.secondsLeft !== null && `${format.duration(1000 * entry.secondsLeft)} left`}
					<ProgressBar label="Reading" value={entry.progress ?? undefined} max={1} />
				</Banner>
			)}
			{entry.failure !== null && (
				<ErrorNote
					error={entry.failure}
					action={<Button onClick={() => act(call("data.reload", { id }))}>Read again</Button>}
				/>
			)}
			{state === "needs-mapping" && (
				<Banner tone="warn" title="Say what its columns stand for.">
					A prompt is always needed; for DQO also a response, and a reward or a label. Then press Apply.
				</Banner>
			)}
			{state === "needs-mapping" && <ColumnsCard entry={entry} version={version} />}
			{state === "ready" && (
				<Tabs
					label="Views of the data set"
					value={tab}
					onChange={setTab}
					actions={tab === "overview" ? <LimitsBar /> : undefined}
					items={[
						{
							value: "overview",
							label: "Overview",
							content: <Overview entry={entry} version={version} />,
						},
						{
							value: "rows",
							label: "Rows",
							count: entry.rows,
							content: <RowsTable id={id} version={version} />,
						},
					]}
				/>
			)}
			{state === "needs-mapping" && <RowsTable id={id} version={version} />}
		</DetailProvider>
	);
}

/** Counts, columns, lengths, tokens and problems; the lengths are asked for once, for the two that show them. */
function Overview({ entry, version }: { entry: DataEntry; version: string }) {
	const { id } = entry;
	const { lengths, error } = useLengths(id, version);
	return (
		<div className={styles.overview}>
			<CountsStrip entry={entry} version={version} lengths={lengths} />
			<div className={styles.halves}>
				<div className={styles.stack}>
					<ColumnsCard entry={entry} version={version} />
					<LengthsCard lengths={lengths} error={error} />
				</div>
				<TokensCard id={id} version={version} />
			</div>
			<ProblemsCard entry={entry} version={`${version} ${lengths?.state === "ready" ? lengths.cut : ""}`} />
		</div>
	);
}
