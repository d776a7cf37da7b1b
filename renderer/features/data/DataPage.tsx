import { Plus } from "lucide-react";
import { useState } from "react";
import { useParams } from "wouter";
import { isBuiltInData } from "../../app/built-in.ts";
import { useObjectName } from "../../app/crumb.ts";
import { chooseData } from "../../app/picking.ts";
import { useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { Button, LoadingLine, Menu } from "../../ui/index.ts";
import { DataDetail } from "./DataDetail.tsx";
import { DataList } from "./DataList.tsx";
import styles from "./DataPage.module.css";
import { NoData } from "./NoData.tsx";
import { PasteDialog } from "./PasteDialog.tsx";

export default function DataPage() {
	const { id } = useParams<{ id?: string }>();
	const entries = useStudio((state) => state.data);
	const [pasting, setPasting] = useState(false);
	const chosen = id === undefined ? undefined : decodeURIComponent(id);
	const shown =
		entries?.find((entry) => entry.id === chosen) ??
		(chosen === undefined ? ownFirst(entries ?? [])[0] : undefined);
	useObjectName(shown?.name ?? null);
	useShortcuts([{ keys: "N", label: "Add data sets", run: () => void chooseData() }]);
	const add = (
		<Menu
			trigger={
				<Button icon={Plus} kbd="N">
					Add
				</Button>
			}
			items={[
				{
					label: "Choose files or a folder…",
					detail: "JSONL, JSON, CSV, TSV, Parquet, plain or gzip",
					onSelect: () => void chooseData(),
				},
				{ label: "Paste text…", detail: "JSONL, JSON or CSV", onSelect: () => setPasting(true) },
			]}
		/>
	);
	return (
		<div className={styles.page}>
			<div className={styles.side}>
				<div className={styles.sideHead}>
					<h1>Data sets</h1>
					{add}
				</div>
				<div className={styles.drop}>
					<b>Drop files anywhere</b>
					<span>JSONL, JSON, CSV, TSV, Parquet, plain or gzip. Files stay on this computer.</span>
				</div>
				<DataList entries={ownFirst(entries ?? [])} shownId={shown?.id ?? null} />
			</div>
			<div className={styles.detail}>
				{entries === null && <LoadingLine active label="Reading the list" />}
				{shown && <DataDetail key={shown.id} entry={shown} />}
				{entries !== null && !shown && <NoData missing={chosen !== undefined} />}
			</div>
			{pasting && <PasteDialog onClose={() => setPasting(false)} />}
		</div>
	);
}

/** What the user brought comes first, the built-in problems last. */
function ownFirst<T extends { id: string }>(entries: readonly T[]): T[] {
	return [...entries.filter((entry) => !isBuiltInData(entry)), ...entries.filter(isBuiltInData)];
}
