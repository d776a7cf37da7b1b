import { useState } from "react";
import type { DataColumn, DataEntry } from "../../../core/contract/api-data.ts";
import { call } from "../../api/index.ts";
import { Button, Dialog, ErrorNote, format, Segmented } from "../../ui/index.ts";
import styles from "./DataPage.module.css";
import { likelyMeaning, type Meaning, valuesOf } from "./mapping.ts";

const MEANINGS = [
	{ value: "correct", label: "Correct" },
	{ value: "wrong", label: "Wrong" },
	{ value: "left", label: "As it is" },
] as const satisfies { value: Meaning; label: string }[];

interface Props {
	entry: DataEntry;
	column: DataColumn;
	onClose: () => void;
}

/** Asks which values of a label column mean that a response is correct, and which that it is wrong. */
export function MapValuesDialog({ entry, column, onClose }: Props) {
	const { name, usedAs, values } = column;
	const [meanings, setMeanings] = useState(() => meaningsOf(entry, column));
	const [error, setError] = useState<unknown>(null);
	const apply = () => {
		const use = { as: usedAs ?? "label", values: valuesOf(meanings) };
		call("data.map", { id: entry.id, columns: { ...entry.columns, [name]: use }, kind: null }).then(
			onClose,
			setError,
		);
	};
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={`Map values of ${name}`}
			description="The file stays as it is; it is read again with these meanings, here and in training."
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" disabled={values === null} onClick={apply}>
						Apply
					</Button>
				</>
			}
		>
			{values === null ? (
				<p>
					It has more than two dozen different values, or long ones: none of them are words for right and
					wrong.
				</p>
			) : (
				<ul className={styles.meanings}>
					{values.map(({ text, count }) => (
						<li key={text}>
							<code>{text === "" ? "empty" : text}</code>
							<span className={styles.quiet}>{format.plural(count, "row")}</span>
							<Segmented
								label={`${text} means`}
								value={meanings[text] ?? "left"}
								onChange={(meaning) => setMeanings((before) => ({ ...before, [text]: meaning }))}
								options={MEANINGS}
							/>
						</li>
					))}
				</ul>
			)}
			{error !== null && <ErrorNote error={error} />}
		</Dialog>
	);
}

/** What was chosen before, else what is likely. */
function meaningsOf({ columns }: DataEntry, { name, values }: DataColumn): Record<string, Meaning> {
	const use = columns[name];
	const chosen = typeof use === "object" ? use.values : null;
	const meaning = (text: string): Meaning => {
		if (chosen === null) return likelyMeaning(text);
		const correct = chosen[text];
		return correct === undefined ? "left" : correct ? "correct" : "wrong";
	};
	return Object.fromEntries((values ?? []).map(({ text }) => [text, meaning(text)]));
}
