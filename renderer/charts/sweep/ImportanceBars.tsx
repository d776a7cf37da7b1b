import { fixed } from "../../ui/format.ts";
import styles from "./sweep.module.css";

export interface ImportanceBarsProps {
	/** Shares of variance, 0 to 1, largest first. */
	items: readonly { label: string; share: number; note?: string }[];
}

/** What moved the metric: a share and a sentence for each setting. */
export function ImportanceBars({ items }: ImportanceBarsProps) {
	return (
		<ul className={styles.importance}>
			{items.map(({ label, share, note }) => (
				<li key={label}>
					<div>
						<span>{label}</span>
						<span>{fixed(share, 2)}</span>
					</div>
					<div className={styles.track} aria-hidden="true">
						<i style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
					</div>
					{note && <p>{note}</p>}
				</li>
			))}
		</ul>
	);
}
