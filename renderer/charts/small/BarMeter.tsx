import { Meter } from "../../ui/Progress.tsx";
import styles from "./small.module.css";

export interface BarMeterProps {
	label: string;
	parts: readonly { label: string; value: number; color: string }[];
	max: number;
	format: (value: number) => string;
}

/** A total by its parts against a limit, with each part named below: memory, for one. */
export function BarMeter({ label, parts, max, format }: BarMeterProps) {
	const total = parts.reduce((sum, part) => sum + part.value, 0);
	return (
		<div>
			<Meter
				label={label}
				parts={parts}
				max={max}
				height={10}
				valueText={`${format(total)} of ${format(max)}`}
			/>
			<ul className={styles.parts}>
				{parts.map((part) => (
					<li key={part.label}>
						<i style={{ background: part.color }} />
						{part.label}
						<b>{format(part.value)}</b>
					</li>
				))}
			</ul>
		</div>
	);
}
