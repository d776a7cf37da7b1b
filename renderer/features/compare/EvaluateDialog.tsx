import { useEffect, useState } from "react";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { PROMPT_TEMPLATES, TASKS, type Task } from "../../../core/contract/task.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { Button, Dialog, ErrorNote, Field, NumberField, SelectField, TextArea } from "../../ui/index.ts";
import { ModelPicker } from "../shared/ModelPicker.tsx";
import { type ModelOption, refOf } from "../shared/model-options.ts";
import { useModelOptions } from "../shared/useModelOptions.ts";
import styles from "./Compare.module.css";

const TASK_NAMES: Record<Task, string> = { gsm8k: "GSM8K", math: "MATH", exact: "Exact text" };

/** Lets two models or checkpoints answer the same problems; begins with the first two runs that are compared. */
export function EvaluateDialog({ runIds, onClose }: { runIds: readonly string[]; onClose: () => void }) {
	const choices = useChoices(runIds);
	const data = useStudio((state) => state.data);
	const ready = (data ?? []).filter(({ state, usableRows }) => state === "ready" && usableRows > 0);
	const [a, setA] = useState<string>();
	const [b, setB] = useState<string>();
	const [dataId, setDataId] = useState<string>();
	const [task, setTask] = useState<Task>("gsm8k");
	const [template, setTemplate] = useState<string>(PROMPT_TEMPLATES.plain);
	const [limit, setLimit] = useState<number | undefined>(200);
	const [maxNewTokens, setMaxNewTokens] = useState<number | undefined>(512);
	const [error, setError] = useState<unknown>(null);
	const [tried, setTried] = useState(false);
	const first = choices.find(({ value }) => value === a) ?? choices[0];
	const second = choices.find(({ value }) => value === b) ?? choices[1];
	const chosen = ready.find(({ id }) => id === dataId);
	useRunSettings(first && refOf(first.value), (run) => {
		setTemplate(run.template);
		setTask(run.task ?? "gsm8k");
		setMaxNewTokens(run.maxResponseTokens);
	});
	const start = async () => {
		setTried(true);
		if (!first || !second || !chosen || first.value === second.value || maxNewTokens === undefined) return;
		try {
			const { id } = await call("tasks.start", {
				...{ kind: "compare", name: `${first.label} against ${second.label}`.slice(0, 120) },
				...{ a: refOf(first.value), b: refOf(second.value), dataId: chosen.id, task, template },
				...{ maxPromptTokens: 1024, maxNewTokens, limit: limit ?? null },
			});
			onClose();
			goTo(routes.compareTask(id));
		} catch (problem) {
			setError(problem);
		}
	};
	return (
		<Dialog
			open
			onOpenChange={(open) => !open && onClose()}
			title="Evaluate on a data set"
			description="Both answer the same problems greedily; who solves what is told problem by problem."
			footer={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button variant="primary" onClick={() => void start()}>
						Start
					</Button>
				</>
			}
		>
			<div className={styles.form}>
				<Field label="A" lines={0}>
					{(ids) => (
						<ModelPicker label="A" value={first?.value} onChange={setA} options={choices} ids={ids} />
					)}
				</Field>
				<Field
					label="B"
					lines={1}
					error={first && first.value === second?.value ? "Choose another than A." : undefined}
				>
					{(ids) => (
						<ModelPicker label="B" value={second?.value} onChange={setB} options={choices} ids={ids} />
					)}
				</Field>
				<SelectField
					label="Problems"
					value={chosen?.id}
					onChange={setDataId}
					options={ready.map(({ id, name }) => ({ value: id, label: name }))}
					placeholder="Choose a data set with references"
					lines={1}
					error={tried && !chosen ? "Choose the problems to answer." : undefined}
				/>
				<div className={styles.formRow}>
					<SelectField
						label="Grading"
						value={task}
						onChange={setTask}
						options={TASKS.map((one) => ({ value: one, label: TASK_NAMES[one] }))}
						lines={1}
					/>
					<NumberField label="Problems at most" value={limit} onChange={setLimit} integer min={1} lines={1} />
					<NumberField
						label="New tokens"
						value={maxNewTokens}
						onChange={setMaxNewTokens}
						integer
						min={1}
						lines={1}
					/>
				</div>
				<TextArea
					label="Prompt template"
					value={template}
					onChange={setTemplate}
					rows={2}
					mono
					lines={1}
					validate={(text) =>
						text.split("{problem}").length === 2 ? undefined : "It must hold {problem} exactly once."
					}
				/>
				{error !== null && <ErrorNote error={error} />}
			</div>
		</Dialog>
	);
}

/** Models and best checkpoints that can answer: the compared runs first. */
function useChoices(runIds: readonly string[]): readonly ModelOption[] {
	const options = useModelOptions();
	const rank = ({ value }: ModelOption) => {
		const at = runIds.findIndex((id) => value === `run:${id}`);
		return at !== -1 ? at : value.startsWith("run:") ? runIds.length : runIds.length + 1;
	};
	return options.toSorted((a, b) => rank(a) - rank(b));
}

interface RunSettings {
	template: string;
	task: Task | null;
	maxResponseTokens: number;
}

/** Takes over how a run asks and grades. */
function useRunSettings(model: ModelRef | undefined, take: (settings: RunSettings) => void): void {
	const runId = model?.type === "run" ? model.id : null;
	// biome-ignore lint/correctness/useExhaustiveDependencies: once for each run that is chosen; what the user types after it stays.
	useEffect(() => {
		if (runId === null) return;
		let current = true;
		call("runs.get", { id: runId }).then(
			({ config }) => current && config && take(config),
			() => {},
		);
		return () => {
			current = false;
		};
	}, [runId]);
}
