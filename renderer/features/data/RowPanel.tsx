import { ChevronDown, ChevronUp, X } from "lucide-react";
import { format, IconButton, LoadingLine } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { DataError } from "./DataError.tsx";
import styles from "./Rows.module.css";

interface Props {
	id: string;
	/** From 0. */
	index: number;
	total: number;
	version: string;
	onMove: (index: number) => void;
	onClose: () => void;
}

/** One row with its values at full length, as text, beside the table that it is of. */
export function RowPanel({ id, index, total, version, onMove, onClose }: Props) {
	const { value, error } = useAnswer("data.rows", { id, offset: index, limit: 1, whole: true }, version);
	const row = value?.rows[0];
	return (
		<aside className={styles.panel} aria-label={`Row ${format.count(row?.row ?? index + 1)}`}>
			<div className={styles.panelHead}>
				<h3>Row {format.count(row?.row ?? index + 1)}</h3>
				<IconButton
					icon={ChevronUp}
					label="Previous row"
					kbd="K"
					size="sm"
					disabled={index === 0}
					onClick={() => onMove(index - 1)}
				/>
				<IconButton
					icon={ChevronDown}
					label="Next row"
					kbd="J"
					size="sm"
					disabled={index >= total - 1}
					onClick={() => onMove(index + 1)}
				/>
				<IconButton icon={X} label="Close the row" kbd="Esc" size="sm" onClick={onClose} />
			</div>
			<LoadingLine active={value === null && error === null} label="Reading the row" />
			{error !== null && <DataError id={id} error={error} />}
			<dl className={styles.values}>
				{value?.columns.map((name, i) => (
					<div key={name}>
						<dt className="mono">{name}</dt>
						<dd className="mono">{row?.values[i] ?? "n/a"}</dd>
					</div>
				))}
			</dl>
		</aside>
	);
}
