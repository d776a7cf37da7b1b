import { VisuallyHidden } from "./Layout.tsx";
import styles from "./StatusDot.module.css";

export type Tone = "good" | "bad" | "warn" | "accent" | "neutral";

/** A dot of colour: a run's own colour, a tone, or the halo of what trains now. The label says it in words. */
export function StatusDot({
	tone = "neutral",
	color,
	live = false,
	hollow = false,
	size = 8,
	label,
}: {
	tone?: Tone;
	/** A run's colour, as in `var(--run-1)`; wins over the tone. */
	color?: string | undefined;
	live?: boolean;
	hollow?: boolean;
	size?: number;
	/** Leave out where a word beside the dot says the same. */
	label?: string | undefined;
}) {
	return (
		<span
			className={styles.dot}
			data-tone={live ? "good" : tone}
			data-live={live || undefined}
			data-hollow={hollow || undefined}
			title={label}
			style={{ width: size, height: size, color }}
		>
			{label && <VisuallyHidden>{label}</VisuallyHidden>}
		</span>
	);
}
