import type { RunSummary } from "../../../core/contract/api-runs.ts";
import { PROMPT_TEMPLATES, TASKS } from "../../../core/contract/task.ts";
import { Card, NumberField, Segmented, SelectField, TextArea, TextField } from "../../ui/index.ts";
import styles from "./Playground.module.css";
import type { Form } from "./request.ts";
import { TakeProblem } from "./TakeProblem.tsx";
import type { Target } from "./targets.ts";

const TEMPLATES = [
	{ value: PROMPT_TEMPLATES.plain, label: "Plain prompt" },
	{ value: PROMPT_TEMPLATES.gsm8k, label: "GSM8K template" },
	{ value: PROMPT_TEMPLATES.math, label: "MATH template" },
];
const TASK_LABELS = {
	gsm8k: "GSM8K, after ####",
	math: "MATH, in \\boxed{}",
	exact: "The same text",
} as const;

interface Props {
	form: Form;
	onForm: (form: Form) => void;
	targets: readonly Target[];
	runs: readonly RunSummary[];
	problem: string | null;
}

/** The prompt and how it is answered. */
export function PromptForm({ form, onForm, targets, runs, problem }: Props) {
	const set = (change: Partial<Form>) => onForm({ ...form, ...change });
	const hasValue = targets.some((target) => target.hasValue);
	const guidedTitle = hasValue
		? "The value function chooses; targets without one answer without it."
		: "None of these has a value function: take a checkpoint of DQO or DRO.";
	const guided = form.decoding === "best-of-n" || form.decoding === "beam";
	return (
		<Card
			title="Prompt"
			actions={
				<TakeProblem
					targets={targets}
					runs={runs}
					onTake={(prompt, reference) => set({ prompt, reference })}
				/>
			}
		>
			<div className={styles.form}>
				<TextArea
					label="Prompt"
					hideLabel
					value={form.prompt}
					onChange={(prompt) => set({ prompt })}
					rows={6}
					placeholder="A question, as it stands in the data"
					{...(problem ? { error: problem } : {})}
				/>
				<SelectField
					label="Template"
					value={TEMPLATES.find(({ value }) => value === form.template)?.value}
					onChange={(template) => set({ template })}
					options={TEMPLATES}
					lines={0}
				/>
				<div className={styles.pair}>
					<TextField
						label="Reference answer, if known"
						value={form.reference}
						onChange={(reference) => set({ reference })}
						lines={0}
					/>
					<SelectField
						label="Graded as"
						value={form.task}
						onChange={(task) => set({ task })}
						options={TASKS.map((value) => ({ value, label: TASK_LABELS[value] }))}
						lines={0}
					/>
				</div>
				<Segmented
					label="Decoding"
					fill
					value={form.decoding}
					onChange={(decoding) => set({ decoding })}
					options={[
						{ value: "greedy", label: "Greedy", title: "Always the most probable token" },
						{ value: "sampled", label: "Sampled", title: "Drawn with the settings below" },
						{ value: "best-of-n", label: "Best of n", title: guidedTitle, disabled: !hasValue },
						{ value: "beam", label: "Beam by V", title: guidedTitle, disabled: !hasValue },
					]}
				/>
				{guided && (
					<div className={styles.pair}>
						<NumberField
							label={form.decoding === "beam" ? "Lines drawn for each" : "Responses drawn"}
							value={form.n}
							onChange={(n) => set({ n })}
							min={1}
							max={64}
							integer
							lines={0}
						/>
						{form.decoding === "beam" && (
							<NumberField
								label="Beginnings kept"
								value={form.beams}
								onChange={(beams) => set({ beams })}
								min={1}
								max={32}
								integer
								lines={0}
							/>
						)}
					</div>
				)}
				{form.decoding !== "greedy" && (
					<>
						<div className={styles.pair}>
							<NumberField
								label="Temperature"
								value={form.temperature}
								onChange={(temperature) => set({ temperature })}
								min={0.01}
								max={10}
								lines={0}
							/>
							<NumberField
								label="Top k"
								value={form.topK}
								onChange={(topK) => set({ topK })}
								min={0}
								integer
								lines={0}
							/>
						</div>
						<div className={styles.pair}>
							<NumberField
								label="Top p"
								value={form.topP}
								onChange={(topP) => set({ topP })}
								min={0.01}
								max={1}
								lines={0}
							/>
							<NumberField
								label="Least probability"
								value={form.threshold}
								onChange={(threshold) => set({ threshold })}
								min={0}
								max={1}
								lines={0}
							/>
						</div>
					</>
				)}
				<div className={styles.pair}>
					<NumberField
						label="Seed"
						value={form.seed}
						onChange={(seed) => set({ seed })}
						min={0}
						integer
						lines={0}
					/>
					<NumberField
						label="Most new tokens"
						value={form.maxNewTokens}
						onChange={(maxNewTokens) => set({ maxNewTokens })}
						min={1}
						max={8192}
						integer
						lines={0}
					/>
				</div>
			</div>
		</Card>
	);
}
