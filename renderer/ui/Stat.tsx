import type { ReactNode } from "react";
import styles from "./Stat.module.css";

/** A live value with its name and unit. Its width is kept, so that a change moves nothing. */
export function Stat({
	label,
	value,
	unit,
	chars,
	size = "sm",
	tone,
}: {
	label?: ReactNode;
	/** Already formatted. */
	value: ReactNode;
	unit?: ReactNode;
	/** Room for this many digits; digits have one width, so the longest value's length does. */
	chars?: number;
	/** In a line of text; 15 px as on a chart; 24 px as in the plan. */
	size?: "sm" | "md" | "lg";
	tone?: "good" | "bad" | "warn";
}) {
	return (
		<span className={styles.stat} data-size={size}>
			{label && <span className={styles.label}>{label}</span>}
			<b data-tone={tone} style={chars ? { minWidth: `${chars}ch` } : undefined}>
				{value}
			</b>
			{unit && <span className={styles.unit}>{unit}</span>}
		</span>
	);
}
