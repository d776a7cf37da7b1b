import { useEffect, useState } from "react";
import type { DataColumn, DataEntry } from "../../../core/contract/api-data.ts";
import { call } from "../../api/index.ts";
import { isBuiltInData } from "../../app/built-in.ts";
import { Button, Card, ErrorNote, format, Select } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import styles from "./DataPage.module.css";
import { MapValuesDialog } from "./MapValuesDialog.tsx";
import { mappingOf } from "./mapping.ts";

const UNUSED = "";

/** The file's columns, and what each is read as. */
export function ColumnsCard({ entry, version }: { entry: DataEntry; version: string }) {
	const { value, error } = useAnswer("data.columns", { id: entry.id }, version);
	const [roles, setRoles] = useState<Record<string, string>>({});
	const [failure, setFailure] = useState<unknown>(null);
	const [meaning, setMeaning] = useState<DataColumn | null>(null);
	useEffect(() => {
		if (value)
			setRoles(Object.fromEntries(value.columns.map(({ name, usedAs }) => [name, usedAs ?? UNUSED])));
	}, [value]);
	if (error !== null) return <ErrorNote error={error} />;
	if (value === null) return <Card title="Columns" />;
	const used = Object.values(roles).filter((role) => role !== UNUSED).length;
	const changed = value.columns.some(({ name, usedAs }) => (usedAs ?? UNUSED) !== roles[name]);
	const apply = () =>
		call("data.map", { id: entry.id, columns: mappingOf(roles, entry.columns), kind: null }).then(
			() => setFailure(null),
			setFailure,
		);
	const options = [
		{ value: UNUSED || "unused", label: "Not used" },
		...value.roles.map(({ name, label }) => ({ value: name, label })),
	];
	return (
		<Card
			title="Columns"
			note={`${value.columns.length} found, ${used} used`}
			flush
			actions={
				changed || entry.state === "needs-mapping" ? (
					<Button
						size="sm"
						variant={entry.state === "needs-mapping" ? "primary" : "default"}
						onClick={() => void apply()}
					>
						Apply
					</Button>
				) : undefined
			}
		>
			{failure !== null && <ErrorNote error={failure} flush />}
			<table className={styles.columns}>
				<thead>
					<tr>
						<th>In the file</th>
						<th>Type</th>
						<th>Use as</th>
						<th className={styles.right}>Readable</th>
					</tr>
				</thead>
				<tbody>
					{value.columns.map((column) => {
						const { name, type, readable, example } = column;
						return (
							<tr key={name}>
								<td className="mono" title={example}>
									{name}
								</td>
								<td className="mono">{type}</td>
								<td>
									<Select
										small
										label={`Use ${name} as`}
										value={roles[name] === UNUSED ? "unused" : roles[name]}
										onChange={(role) =>
											setRoles((before) => ({ ...before, [name]: role === "unused" ? UNUSED : role }))
										}
										options={options}
									/>
									{column.usedAs === "label" && roles[name] === "label" && !isBuiltInData(entry) && (
										<Button
											size="sm"
											variant="quiet"
											aria-label={`Map values of ${name}`}
											onClick={() => setMeaning(column)}
										>
											{typeof entry.columns[name] === "object" ? "Mapped…" : "Values…"}
										</Button>
									)}
								</td>
								<td className={styles.right}>
									{format.percent(readable, readable > 0.99 && readable < 1 ? 2 : 0)}
								</td>
							</tr>
						);
					})}
				</tbody>
			</table>
			{meaning && <MapValuesDialog entry={entry} column={meaning} onClose={() => setMeaning(null)} />}
			{entry.state === "needs-mapping" && (
				<dl className={styles.roles}>
					{value.roles.map(({ name, label, about }) => (
						<div key={name}>
							<dt>{label}</dt>
							<dd>{about}</dd>
						</div>
					))}
				</dl>
			)}
		</Card>
	);
}
