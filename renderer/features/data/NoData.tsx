import { Database } from "lucide-react";
import { chooseData } from "../../app/picking.ts";
import { Button, EmptyState } from "../../ui/index.ts";
import styles from "./DataPage.module.css";
import { KINDS } from "./kinds.ts";

/** What goes here: every form with a row of it. */
export function NoData({ missing }: { missing: boolean }) {
	return (
		<EmptyState
			icon={Database}
			title={missing ? "This data set is not here any more" : "No data yet"}
			action={<Button onClick={() => void chooseData()}>Choose files…</Button>}
			exampleLabel="Forms that are known, a row each"
			example={
				<dl className={styles.kinds}>
					{KINDS.map(({ kind, label, row }) => (
						<div key={kind}>
							<dt>{label}</dt>
							<dd className="mono">{JSON.stringify(row)}</dd>
						</div>
					))}
				</dl>
			}
		>
			Drop files anywhere on the window. The form is told from the columns; others are mapped by you.
		</EmptyState>
	);
}
