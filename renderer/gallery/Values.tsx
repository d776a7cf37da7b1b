import { Check, ChevronDown, X } from "lucide-react";
import { useState } from "react";
import {
	Card,
	Chip,
	format,
	LoadingLine,
	Meter,
	Pill,
	ProgressBar,
	Row,
	Stack,
	Stat,
	StatusDot,
	Tabs,
} from "../ui/index.ts";

const MEMORY = [
	{ label: "Weights", value: 15.2, color: "var(--run-8)" },
	{ label: "Gradients", value: 15.2, color: "var(--run-1)" },
	{ label: "AdamW moments", value: 30.5, color: "var(--run-4)" },
	{ label: "Activations", value: 18, color: "var(--run-3)" },
	{ label: "Runtime", value: 2.5, color: "var(--run-6)" },
];

const nothing = () => {};

/** States, live values and progress. */
export function Values() {
	const [tab, setTab] = useState("rows");
	return (
		<Card title="Values" note="colour always with a glyph, a word or a number">
			<Stack gap={12}>
				<Row wrap>
					<Pill tone="good" dot>
						Training
					</Pill>
					<Pill>Finished</Pill>
					<Pill tone="bad">Out of memory</Pill>
					<Pill tone="bad" icon={X}>
						Wrong: 0, expected 5
					</Pill>
					<Pill tone="good" icon={Check}>
						Correct
					</Pill>
					<Pill tone="warn">Unverified</Pill>
					<Pill tone="accent">3 values</Pill>
					<Pill tone="bad" icon={ChevronDown}>
						Largest fall: 0.81 to 0.34 at token 41
					</Pill>
					<Pill tone="accent" onRemove={nothing} removeLabel="Remove the filter on accuracy">
						Accuracy 85 to 88 %: 4 runs
					</Pill>
					<Chip label="β">0.03</Chip>
					<Chip label="DQO">full</Chip>
					<Chip mono tone="accent">
						1.58e-7
					</Chip>
					<Chip onClick={nothing} pressed>
						Pressed
					</Chip>
					<Chip onRemove={nothing} removeLabel="Remove run 7">
						007
					</Chip>
					{[1, 2, 3, 4, 5, 6, 7, 8].map((run) => (
						<StatusDot key={run} color={`var(--run-${run})`} />
					))}
					<StatusDot hollow />
					<StatusDot live label="Training" />
				</Row>
				<Row gap={20} wrap align="baseline">
					<Stat label="Step" value="1,312" unit="of 2,919" chars={5} />
					<Stat value={format.duration(41_280_000)} unit="left, done tomorrow at 02:04" />
					<Stat label="KL" value={format.fixed(6.08, 2)} unit="nats/response" size="md" />
					<Stat value={format.signed(-0.67, 2)} tone="bad" unit="V" size="md" />
					<Stat value="30 runs" unit="5 β × 3 learning rates × 2 λ" size="lg" />
				</Row>
				<ProgressBar label="Run" value={1312} max={2919} marks={[584, 1168, 1752, 2335]} />
				<ProgressBar
					label="Paused run"
					value={1312}
					max={2919}
					marks={[584, 1168, 1752, 2335]}
					state="paused"
				/>
				<ProgressBar label="Failed run" value={211} max={584} state="failed" />
				<ProgressBar label="Finished run" value={312} max={312} state="done" />
				<ProgressBar label="Measuring" max={1} valueText="measuring" />
				<Meter label="GPU memory" value={81.4} max={96} valueText="81.4 of 96 GB" />
				<Meter label="GPU memory by part" parts={MEMORY} max={96} height={10} />
				<Meter label="GPU memory, too much" parts={MEMORY} max={70} height={10} />
				<LoadingLine active label="Loading runs" />
				<Tabs
					label="Data set"
					value={tab}
					onChange={setTab}
					items={[
						{ value: "rows", label: "Rows", count: 149443, content: "The rows." },
						{ value: "problems", label: "Problems", count: 14, content: "The problems." },
					]}
				/>
			</Stack>
		</Card>
	);
}
