import type { DataEntry } from "../../../core/contract/api-data.ts";
import { routes } from "../../app/navigation.ts";
import { format, ProgressBar, StatusDot, type Tone } from "../../ui/index.ts";
import styles from "./DataPage.module.css";
import { kindLabel } from "./kinds.ts";

/** Every data set with its state. */
export function DataList({ entries, shownId }: { entries: readonly DataEntry[]; shownId: string | null }) {
	return (
		<nav className={styles.list} aria-label="Data sets">
			{entries.map((entry) => {
				const { tone, words } = stateOf(entry);
				return (
					<a
						key={entry.id}
						href={`#${routes.data(entry.id)}`}
						className={styles.item}
						aria-current={entry.id === shownId ? "page" : undefined}
					>
						<span className={styles.itemName}>{entry.name}</span>
						<span className={styles.itemLine}>
							<span>{kindLabel(entry.kind)}</span>
							<span>{format.count(entry.rows)}</span>
						</span>
						<span className={styles.itemLine}>
							<span className={`tone-${tone}`}>
								<StatusDot tone={tone} size={6} /> {words}
							</span>
						</span>
						{entry.state === "reading" && (
							<ProgressBar label={`Reading ${entry.name}`} value={entry.progress ?? undefined} max={1} />
						)}
					</a>
				);
			})}
		</nav>
	);
}

function stateOf({ state, errors, secondsLeft }: DataEntry): { tone: Tone; words: string } {
	if (state === "reading")
		return {
			tone: "accent",
			words: secondsLeft === null ? "reading" : `reading, ${format.duration(1000 * secondsLeft)} left`,
		};
	if (state === "failed") return { tone: "bad", words: "cannot be read" };
	if (state === "needs-mapping") return { tone: "warn", words: "columns to name" };
	if (errors > 0) return { tone: "warn", words: `${format.plural(errors, "error")}, rows skipped` };
	return { tone: "good", words: "ready" };
}
