import { useRef, useState } from "react";
import type { DataEntry, DataSummary } from "../../../core/contract/api-data.ts";
import { TASKS, type Task } from "../../../core/contract/task.ts";
import { call } from "../../api/index.ts";
import { useStudio } from "../../app/store.ts";
import {
	announce,
	Button,
	Checkbox,
	Dialog,
	ErrorNote,
	focusFirstInvalid,
	NumberField,
	SelectField,
	TextField,
} from "../../ui/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { amountText, type Draft, newDraft, specOf, timeText, usualTemplate } from "./draft.ts";
import { MAKE_WORDS, type MakeKind } from "./kinds.ts";
import styles from "./Making.module.css";
import { madeName } from "./names.ts";
import { SamplingFields } from "./SamplingFields.tsx";
import { TemplateField } from "./TemplateField.tsx";
import { useModelChoices } from "./useModelChoices.ts";

type TaskChoice = Task | "none";
const TASK_NAMES: Record<TaskChoice, string> = {
	gsm8k: "GSM8K",
	math: "MATH",
	exact: "Exact text",
	none: "Not graded",
};

/** Names that data sets have, or will have once they are made. */
function taken(): ReadonlySet<string> {
	const { data, tasks } = useStudio.getState();
	return new Set([...(data ?? []), ...(tasks ?? [])].map(({ name }) => name));
}

/** Asks what a task needs that makes a new data set of one that is there, says how much work it is, and starts it. */
export function MakeDialog({
	kind,
	entry,
	summary,
	onClose,
}: {
	kind: MakeKind;
	entry: DataEntry;
	summary: DataSummary | null;
	onClose: () => void;
}) {
	const graded = (summary?.withReference ?? 0) > 0;
	const [draft, setDraft] = useState(() =>
		newDraft(kind, madeName(kind, entry.name, taken()), entry.kind, graded),
	);
	const [modelKey, setModelKey] = useState<string>();
	const form = useRef<HTMLDivElement>(null);
	const [tried, setTried] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

	const asks = kind === "generate" || kind === "process-scores";
	const choices = useModelChoices();
	const choice = choices.find(({ key }) => key === modelKey) ?? choices[0];
	const runId = choice?.model.type === "run" ? choice.model.id : null;
	const run = useAnswer("runs.get", runId === null ? null : { id: runId }).value;
	const trained = run !== null && run.summary.id === runId ? run.config : null;
	const template = draft.template ?? trained?.template ?? usualTemplate(draft.task, choice?.builtIn ?? false);

	const spec = specOf(kind, draft, entry.id, choice?.model ?? null, template);
	const estimate = useAnswer("tasks.estimate", spec).value?.estimate ?? null;
	const start = async () => {
		setTried(true);
		// A limit that is not valid must not pass for none.
		if (focusFirstInvalid(form.current) || spec === null) return;
		try {
			await call("tasks.start", spec);
			announce(`${spec.name} is being made`);
			onClose();
		} catch (problem) {
			setError(problem);
		}
	};
	const { title, about } = MAKE_WORDS[kind];
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title={title}
			description={about}
			footer={
				<>
					<span className={styles.amount} role="status">
						{tried && spec === null ? (
							"Something above is missing or not valid."
						) : (
							<>
								{amountText(kind, draft, summary)} {spec && estimate && <b>{timeText(estimate)}</b>}
							</>
						)}
					</span>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" onClick={() => void start()}>
						Start
					</Button>
				</>
			}
		>
			<div className={styles.form} ref={form}>
				<TextField
					label="Name of the new data set"
					value={draft.name}
					onChange={(name) => change({ name })}
					lines={0}
					error={draft.name.trim() === "" ? "Give it a name." : undefined}
				/>
				{asks && (
					<SelectField
						label="Model"
						value={choice?.key}
						onChange={setModelKey}
						options={choices.map(({ key, label, detail }) => ({ value: key, label, detail }))}
						lines={0}
					/>
				)}
				{kind !== "pairs" && (
					<div className={styles.row}>
						<SelectField<TaskChoice>
							label="Grading"
							value={draft.task ?? "none"}
							onChange={(task) => change({ task: task === "none" ? null : task })}
							options={[...TASKS, ...(kind === "generate" ? (["none"] as const) : [])].map((task) => ({
								value: task,
								label: TASK_NAMES[task],
								disabled: task !== "none" && !graded,
							}))}
							lines={0}
						/>
						{asks && (
							<NumberField
								label={kind === "generate" ? "Prompts at most" : "Responses at most"}
								help="Only the first rows of the data set; empty takes all."
								value={draft.limit}
								onChange={(limit) => change({ limit })}
								placeholder="all"
								optional
								integer
								min={1}
								lines={0}
							/>
						)}
						{kind === "process-scores" && (
							<SelectField
								label="A step ends at"
								value={draft.separator}
								onChange={(separator) => change({ separator })}
								options={[
									{ value: "line", label: "a line break" },
									{ value: "paragraph", label: "an empty line" },
								]}
								lines={0}
							/>
						)}
						{kind === "generate" && (
							<div className={styles.check}>
								<Checkbox
									label="Equal responses once"
									checked={draft.dedupe}
									onChange={(dedupe) => change({ dedupe })}
								/>
							</div>
						)}
					</div>
				)}
				{kind === "pairs" && (
					<div className={styles.row}>
						<NumberField
							label="Pairs at most"
							help="Empty keeps about half as many as there are responses, as the paper does."
							value={draft.count}
							onChange={(count) => change({ count })}
							placeholder="as the paper"
							optional
							integer
							min={1}
							lines={0}
						/>
						<NumberField
							label="Seed"
							help="The same seed pairs the same responses."
							value={draft.seed}
							onChange={(seed) => change({ seed })}
							integer
							min={0}
							lines={0}
						/>
					</div>
				)}
				{asks && (
					<>
						<TemplateField value={template} onChange={(text) => change({ template: text })} />
						<SamplingFields kind={kind} draft={draft} onChange={change} />
					</>
				)}
				{error !== null && <ErrorNote error={error} />}
			</div>
		</Dialog>
	);
}
