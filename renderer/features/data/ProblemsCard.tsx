import { CircleX, Info, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { DataColumn, DataEntry, ProblemGroup } from "../../../core/contract/api-data.ts";
import { call } from "../../api/index.ts";
import { isBuiltInData } from "../../app/built-in.ts";
import { messageOf } from "../../app/store.ts";
import {
	Button,
	Card,
	type Column,
	DataTable,
	Dialog,
	download,
	ErrorNote,
	format,
	Icon,
	Pill,
	Row,
	Skeleton,
	toast,
} from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import styles from "./DataPage.module.css";
import { MapValuesDialog } from "./MapValuesDialog.tsx";

const ICONS = { error: CircleX, warning: TriangleAlert, note: Info } as const;
const TONES = { error: "tone-bad", warning: "tone-warn", note: "tone-3" } as const;
const PAGE = 200;

/** Two lines of a text that may be long; the whole is in its title and behind Show rows. */
function Clipped({ text }: { text: string }) {
	return (
		<span className={styles.clipped} title={text}>
			{text}
		</span>
	);
}

/** Everything that was found, counted, with what is done about it. */
export function ProblemsCard({ entry, version }: { entry: DataEntry; version: string }) {
	const { value, error } = useAnswer("data.problems", { id: entry.id }, version);
	const { value: read } = useAnswer("data.columns", { id: entry.id }, version);
	const columns = isBuiltInData(entry) ? [] : (read?.columns ?? []);
	const [group, setGroup] = useState<ProblemGroup | null>(null);
	const [meaning, setMeaning] = useState<DataColumn | null>(null);
	const groups = value?.groups ?? [];
	const tableColumns = columnsOf(groups, columns, setGroup, setMeaning);
	const loading = value === null && error === null;
	const count = (level: ProblemGroup["level"]) =>
		groups.filter((one) => one.level === level).reduce((sum, one) => sum + one.count, 0);
	const [errors, warnings] = [count("error"), count("warning")];
	return (
		<Card
			title="Problems"
			flush
			note={
				loading ? (
					<Skeleton chars={16} />
				) : groups.length === 0 ? (
					"None found."
				) : (
					<span className={styles.pills}>
						{errors > 0 && <Pill tone="bad">{format.plural(errors, "error")}</Pill>}
						{warnings > 0 && <Pill tone="warn">{format.plural(warnings, "warning")}</Pill>}
						<span>Rows with errors are skipped; everything else is ready.</span>
					</span>
				)
			}
			actions={
				groups.length > 0 ? (
					<Button size="sm" variant="quiet" onClick={() => void saveReport(entry.id)}>
						Save report
					</Button>
				) : undefined
			}
		>
			{error !== null && <ErrorNote error={error} flush />}
			{groups.length > 0 && (
				<DataTable
					label="Problems"
					rows={groups}
					columns={tableColumns}
					rowKey={({ code, column }) => `${code} ${column}`}
					onOpen={setGroup}
				/>
			)}
			{meaning && <MapValuesDialog entry={entry} column={meaning} onClose={() => setMeaning(null)} />}
			{group && <ProblemRows id={entry.id} group={group} onClose={() => setGroup(null)} />}
		</Card>
	);
}

/** The column of the file whose labels are told of here, where their meaning can be said. */
function labelColumn({ code, column }: ProblemGroup, columns: readonly DataColumn[]): DataColumn | null {
	if (code !== "unknown-label") return null;
	return columns.find(({ usedAs, values }) => usedAs === column && values !== null) ?? null;
}

const columnsOf = (
	groups: readonly ProblemGroup[],
	columns: readonly DataColumn[],
	onShow: (group: ProblemGroup) => void,
	onMap: (column: DataColumn) => void,
): Column<ProblemGroup>[] => [
	{
		id: "level",
		header: "",
		width: "36px",
		cell: ({ level }) => (
			<span className={TONES[level]} title={level}>
				<Icon icon={ICONS[level]} />
			</span>
		),
	},
	{
		id: "rows",
		header: "Rows",
		align: "right",
		width: "68px",
		value: (group) => group.count,
		cell: (group) => <b>{format.count(group.count)}</b>,
	},
	{
		id: "column",
		header: "Column",
		width: "104px",
		value: ({ column }) => column,
		cell: ({ column }) => <span className="mono">{column ?? "row"}</span>,
	},
	{
		id: "code",
		header: "Code",
		width: "136px",
		value: ({ code }) => code,
		cell: ({ code }) => <span className="mono tone-3">{code}</span>,
	},
	{
		id: "problem",
		header: "Problem",
		value: ({ message }) => message,
		cell: ({ message }) => <Clipped text={message} />,
	},
	{
		id: "effect",
		header: "What happens",
		width: "20%",
		value: ({ effect }) => effect,
		cell: ({ effect }) => <Clipped text={effect} />,
	},
	{
		id: "show",
		header: "",
		width: groups.some((group) => labelColumn(group, columns)) ? "196px" : "110px",
		align: "right",
		cell: (group) => {
			const labels = labelColumn(group, columns);
			return (
				<>
					{labels && (
						<Button size="sm" variant="quiet" onClick={() => onMap(labels)}>
							Map values…
						</Button>
					)}
					<Button size="sm" variant="quiet" onClick={() => onShow(group)}>
						Show rows
					</Button>
				</>
			);
		},
	},
];

function ProblemRows({ id, group, onClose }: { id: string; group: ProblemGroup; onClose: () => void }) {
	const { code, column } = group;
	const [offset, setOffset] = useState(0);
	const { value, error } = useAnswer("data.problemRows", { id, code, column, offset, limit: PAGE });
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={group.message}
			size="lg"
			description={group.hint ?? group.effect}
		>
			{error !== null && <ErrorNote error={error} />}
			<DataTable
				label="Rows with this problem"
				loading={value === null && error === null}
				rows={value?.rows ?? []}
				rowKey={({ row, message }) => `${row} ${message}`}
				maxHeight={420}
				columns={[
					{
						id: "row",
						header: "Row",
						align: "right",
						width: "88px",
						value: ({ row }) => row,
						cell: ({ row }) => format.count(row),
					},
					{ id: "problem", header: "Problem", width: "45%", value: ({ message }) => message },
					{
						id: "excerpt",
						header: "In the file",
						width: "40%",
						cell: ({ excerpt }) => <span className="mono">{excerpt}</span>,
					},
				]}
			/>
			{value && value.total > PAGE && (
				<Row gap={8}>
					<Button size="sm" disabled={offset === 0} onClick={() => setOffset(offset - PAGE)}>
						Previous
					</Button>
					<Button size="sm" disabled={offset + PAGE >= value.total} onClick={() => setOffset(offset + PAGE)}>
						Next
					</Button>
					<span className={styles.quiet}>
						{format.count(offset + 1)} to {format.count(Math.min(value.total, offset + PAGE))} of{" "}
						{format.count(value.total)}
					</span>
				</Row>
			)}
		</Dialog>
	);
}

async function saveReport(id: string): Promise<void> {
	try {
		const { fileName, text } = await call("data.problemReport", { id });
		download({ name: fileName, blob: new Blob([text], { type: "text/csv" }) });
	} catch (error) {
		toast({ tone: "bad", title: "The report was not saved", detail: messageOf(error) });
	}
}
