import { Box, Database, Search } from "lucide-react";
import { useState } from "react";
import {
	Card,
	Checkbox,
	Chip,
	Disclosure,
	Field,
	NumberField,
	Pill,
	Segmented,
	Select,
	SelectField,
	Stack,
	Switch,
	TextArea,
	TextField,
} from "../ui/index.ts";

const MODELS = [
	{ value: "qwen", label: "Qwen2-7B-Instruct", detail: "7.62 B parameters, bf16", icon: Box },
	{ value: "gemma", label: "gemma-1.1-7b-it", detail: "8.54 B parameters, bf16", icon: Box },
	{ value: "starter", label: "starter-1m", detail: "needs a data set of sums", icon: Box, disabled: true },
] as const;
const SORTS = [
	{ value: "accuracy", label: "By accuracy" },
	{ value: "time", label: "By time" },
] as const;
const WEIGHTS = ["Both", "Policy", "Value", "Neither"].map((label) => ({ value: label, label }));

const grid = (columns: number) => ({
	display: "grid",
	gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
	gap: "8px 16px",
});

/** Fields and choices, at rest, filled, wrong and off. */
export function Fields() {
	const [model, setModel] = useState<string>();
	const [data, setData] = useState<string | undefined>("qwen");
	const [rate, setRate] = useState("5e-8..5e-7:3 log");
	const [batch, setBatch] = useState<number | undefined>(250);
	const [length, setLength] = useState<number | undefined>(1024);
	const [weight, setWeight] = useState("Both");
	const [sort, setSort] = useState<string>("accuracy");
	const [note, setNote] = useState("");
	const [on, setOn] = useState(true);
	const [query, setQuery] = useState("");
	return (
		<Card title="Fields" note="30 high, two lines kept below">
			<div style={grid(3)}>
				<SelectField
					label="Model"
					value={model}
					onChange={setModel}
					options={MODELS}
					placeholder="Choose a model"
					icon={Box}
					lines={0}
				/>
				<SelectField
					label="Data set"
					value={data}
					onChange={setData}
					options={MODELS}
					icon={Database}
					lines={0}
				/>
				<SelectField
					label="Held-out problems"
					value={undefined}
					onChange={setData}
					options={MODELS}
					error="Choose the problems to measure on."
					lines={0}
				/>
				<TextField
					label="Learning rate"
					help="The peak after warm-up. LoRA wants about ten times that of full fine-tuning."
					aside={<Pill tone="accent">3 values</Pill>}
					mono
					value={rate}
					onChange={setRate}
					below={["5e-8", "1.58e-7", "5e-7"].map((value) => (
						<Chip key={value} mono tone="accent">
							{value}
						</Chip>
					))}
					hint="Full fine-tuning. LoRA wants about 10 times more."
				/>
				<NumberField
					label="Batch"
					help="Trajectories per step."
					unit="trajectories"
					value={batch}
					onChange={setBatch}
					integer
					min={1}
					error={
						batch !== undefined && batch % 32
							? "Not a multiple of the micro-batch of 32. Use 224 or 256."
							: undefined
					}
				/>
				<NumberField
					label="Max length"
					unit="tokens"
					value={length}
					onChange={setLength}
					integer
					min={1}
					max={32768}
					hint="Cuts 0.2 % of the responses"
				/>
				<TextField label="Off" value="set by the preset" onChange={setRate} disabled lines={1} />
				<TextField
					label="Find"
					icon={Search}
					kbd="/"
					placeholder="Search settings"
					value={query}
					onChange={setQuery}
					lines={1}
				/>
				<Field label="Importance weight on" help="Where the ratio multiplies the loss." lines={1}>
					{() => (
						<Segmented
							label="Importance weight on"
							fill
							value={weight}
							onChange={setWeight}
							options={WEIGHTS}
						/>
					)}
				</Field>
			</div>
			<div style={grid(3)}>
				<TextArea
					label="Note"
					placeholder="What is this run for?"
					value={note}
					onChange={setNote}
					lines={0}
				/>
				<Stack gap={2}>
					<Switch label="Reduced motion" checked={on} onChange={setOn} />
					<Switch
						label="Single-key shortcuts"
						hint="Off in fields in any case"
						checked={!on}
						onChange={setOn}
					/>
					<Switch label="Off" checked disabled onChange={setOn} />
				</Stack>
				<Stack gap={2}>
					<Checkbox label="Keep the optimizer state" checked={on} onChange={setOn} />
					<Checkbox label="All runs" checked="mixed" onChange={setOn} />
					<Checkbox label="None" hint="Nothing is kept" checked={!on} onChange={setOn} />
				</Stack>
			</div>
			<div style={{ display: "flex", marginTop: 8 }}>
				<Select small label="Order" value={sort} onChange={setSort} options={SORTS} />
			</div>
			<div style={{ marginTop: 10 }}>
				<Disclosure
					title="Advanced"
					summary="Optimizer AdamW, warm-up 10 steps, clipping 1.0, all at their defaults"
				>
					Inside.
				</Disclosure>
			</div>
		</Card>
	);
}
