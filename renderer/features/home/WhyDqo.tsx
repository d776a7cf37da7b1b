import { Card } from "../../ui/index.ts";
import styles from "./Home.module.css";

/** Widths of the lines of one wrong answer, and V at the end of each: the third line is where it goes wrong. */
const LINES = [
	{ width: 66, value: "var(--v-7)" },
	{ width: 24, value: "var(--v-7)" },
	{ width: 80, value: "var(--v-1)" },
	{ width: 36, value: "var(--v-1)" },
	{ width: 54, value: "var(--v-0)" },
	{ width: 12, value: "var(--v-0)" },
] as const;
const COLUMNS = LINES.map(({ width }) => `${width}fr`).join(" ");

/** What the method is for, in a picture. */
export function WhyDqo() {
	return (
		<Card title="Why DQO">
			<p className={styles.whyText}>
				A wrong answer is rarely wrong from its first word. DQO learns a value V for every token, so only the
				part that went wrong is blamed.
			</p>
			<div className={styles.why}>
				<b>DPO</b>
				<Spans colors={LINES.map(() => "var(--v-0)")} label="Six lines, all blamed alike" />
				<p>the whole response gets the same blame</p>
				<b>DQO</b>
				<Spans
					colors={LINES.map(({ value }) => value)}
					label="Six lines: two keep their credit, four are blamed"
				/>
				<p>lines 1 and 2 keep their credit; line 3 is wrong</p>
			</div>
		</Card>
	);
}

function Spans({ colors, label }: { colors: readonly string[]; label: string }) {
	return (
		<div className={styles.spans} style={{ gridTemplateColumns: COLUMNS }} role="img" aria-label={label}>
			{LINES.map(({ width }, i) => (
				<i key={width} style={{ background: colors[i] }} />
			))}
		</div>
	);
}
