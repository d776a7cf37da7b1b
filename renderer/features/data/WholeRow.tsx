import { Dialog, ErrorNote, format, LoadingLine } from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import styles from "./Rows.module.css";

/** One row with its values at full length, as text; `index` counts from 0. */
export function WholeRow({ id, index, onClose }: { id: string; index: number; onClose: () => void }) {
	const { value, error } = useAnswer("data.rows", { id, offset: index, limit: 1, whole: true });
	const row = value?.rows[0];
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={`Row ${format.count(row?.row ?? index + 1)}`}
			size="lg"
		>
			<LoadingLine active={value === null && error === null} label="Reading the row" />
			{error !== null && <ErrorNote error={error} />}
			<dl className={styles.values}>
				{value?.columns.map((name, i) => (
					<div key={name}>
						<dt className="mono">{name}</dt>
						<dd className="mono">{row?.values[i] ?? "n/a"}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}
