import { useEffect, useState } from "react";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { PROMPT_TEMPLATES, TASKS, type Task } from "../../../core/contract/task.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { useStudio } from "../../app/store.ts";
import { Button, Dialog, ErrorNote, NumberField, SelectField, TextArea } from "../../ui/index.ts";
import styles from "./Compare.module.css";

interface Choice {
	readonly key: string;
	readonly label: string;
	readonly detail: string;
	readonly model: ModelRef;
}

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
	const first = choices.find(({ key }) => key === a) ?? choices[0];
	const second = choices.find(({ key }) => key === b) ?? choices[1];
	const chosen = ready.find(({ id }) => id === dataId);
	useRunSettings(first?.model, (run) => {
		setTemplate(run.template);
		setTask(run.task ?? "gsm8k");
		setMaxNewTokens(run.maxResponseTokens);
	});
	const start = async () => {
		setTried(true);
		if (!first || !second || !chosen || first.key === second.key || maxNewTokens === undefined) return;
		try {
			const { id } = await call("tasks.start", {
				...{ kind: "compare", name: `${first.label} against ${second.label}`.slice(0, 120) },
				...{ a: first.model, b: second.model, dataId: chosen.id, task, template },
				...{ maxPromptTokens: 1024, maxNewTokens, limit: limit ?? null },
			});
			onClose();
			goTo(routes.compareTask(id));
		} catch (problem) {
			setError(problem);
		}
	};
	const options = choices.map(({ key, label, detail }) => ({ value: key, label, detail }));
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
				<SelectField label="A" value={first?.key} onChange={setA} options={options} lines={0} />
				<SelectField
					label="B"
					value={second?.key}
					onChange={setB}
					options={options}
					lines={1}
					error={first && first.key === second?.key ? "Choose another than A." : undefined}
				/>
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
function useChoices(runIds: readonly string[]): readonly Choice[] {
	const models = useStudio((state) => state.models);
	const [runs, setRuns] = useState<readonly Choice[]>([]);
	useEffect(() => {
		let current = true;
		call("runs.list", {}).then(
			(list) => {
				if (!current) return;
				setRuns(
					list.runs.flatMap(({ id, name, lastSavedStep }): Choice[] =>
						lastSavedStep === null
							? []
							: [
									{
										key: `run:${id}`,
										label: name,
										detail: "best checkpoint",
										model: { type: "run", id, checkpoint: "best" },
									},
								],
					),
				);
			},
			() => {},
		);
		return () => {
			current = false;
		};
	}, []);
	const rank = ({ model }: Choice) => (runIds.includes(model.id) ? runIds.indexOf(model.id) : runIds.length);
	return [
		...runs.toSorted((a, b) => rank(a) - rank(b)),
		...(models ?? [])
			.filter(({ state }) => state === "ready")
			.map(
				({ id, name }): Choice => ({
					key: `model:${id}`,
					label: name,
					detail: "model",
					model: { type: "model", id },
				}),
			),
	];
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
