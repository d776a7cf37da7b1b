import { Card, NumberField, Segmented } from "../../ui/index.ts";
import styles from "./Playground.module.css";
import { type Decoding, isGuided, type Question } from "./request.ts";
import { change, usePlayground } from "./store.ts";

interface NumberOf {
	field: keyof Question &
		("temperature" | "topK" | "threshold" | "topP" | "seed" | "n" | "beams" | "maxNewTokens");
	label: string;
	min: number;
	max?: number;
	integer?: boolean;
	/** Whether the way of decoding reads it. */
	used: (decoding: Decoding) => boolean;
}

const sampled = (decoding: Decoding) => decoding !== "greedy";

const NUMBERS: readonly NumberOf[] = [
	{ field: "temperature", label: "Temperature", min: 0.01, max: 10, used: sampled },
	{ field: "topK", label: "Top-k", min: 0, integer: true, used: sampled },
	{ field: "threshold", label: "Threshold", min: 0, max: 1, used: sampled },
	{ field: "topP", label: "Top-p", min: 0.01, max: 1, used: sampled },
	{ field: "seed", label: "Seed", min: 0, integer: true, used: sampled },
	{ field: "maxNewTokens", label: "New tokens", min: 1, max: 8192, integer: true, used: () => true },
	{
		field: "n",
		label: "n",
		min: 1,
		max: 64,
		integer: true,
		used: (d) => d === "best-of-n" || d === "beam",
	},
	{ field: "beams", label: "Beams", min: 1, max: 16, integer: true, used: (d) => d === "beam" },
];

/** How the answers are drawn. */
export function DecodingCard({ canGuide }: { canGuide: boolean }) {
	const question = usePlayground((s) => s.question);
	const { decoding } = question;
	const guided = canGuide
		? {
				disabled: false,
				title: "V of the run chooses among the answers; a model without V answers without it.",
			}
		: { disabled: true, title: "Needs a DQO or DRO run on one side: V chooses." };
	return (
		<Card title="Decoding" className={styles.decoding}>
			<div className={styles.form}>
				<Segmented
					label="Decoding"
					fill
					value={decoding}
					options={[
						{ value: "greedy", label: "Greedy" },
						{ value: "sampled", label: "Sampled" },
						{ value: "best-of-n", label: "Best of n", ...guided },
						{ value: "beam", label: "Beam", ...guided },
					]}
					onChange={(next) => change({ decoding: next })}
				/>
				<div className={styles.numbers}>
					{NUMBERS.map(({ field, label, min, max, integer, used }) => (
						<NumberField
							key={field}
							label={label}
							lines={0}
							disabled={!used(decoding)}
							value={question[field]}
							min={min}
							{...(max === undefined ? {} : { max })}
							{...(integer ? { integer } : {})}
							onChange={(value) => change({ [field]: value })}
						/>
					))}
				</div>
				<p className={styles.quiet}>
					{!canGuide
						? "Best of n and beam need a DQO or DRO run: its V chooses."
						: isGuided(question)
							? "V chooses among the run’s answers; a model without V answers without it."
							: "The same settings and seed for every model."}
				</p>
			</div>
		</Card>
	);
}
