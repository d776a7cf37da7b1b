import { ListPlus, Play, Square } from "lucide-react";
import { type RefObject, useState } from "react";
import type { Task } from "../../../core/contract/task.ts";
import { Button, Card, Row, SelectField, TextArea, TextField } from "../../ui/index.ts";
import { isBusy } from "./answers.ts";
import styles from "./Playground.module.css";
import { ProblemDialog } from "./ProblemDialog.tsx";
import { problemOf, type TemplateChoice } from "./request.ts";
import { ask, cancel, change, usePlayground } from "./store.ts";
import type { Target } from "./useTargets.ts";

const TEMPLATES: readonly { value: TemplateChoice; label: string }[] = [
	{ value: "plain", label: "Plain" },
	{ value: "gsm8k", label: "GSM8K" },
	{ value: "math", label: "MATH" },
	{ value: "own", label: "Own" },
];
const TASKS: readonly { value: Task | "none"; label: string }[] = [
	{ value: "none", label: "None" },
	{ value: "gsm8k", label: "GSM8K" },
	{ value: "math", label: "MATH" },
	{ value: "exact", label: "Exact" },
];

interface Props {
	targets: readonly Target[];
	promptRef: RefObject<HTMLTextAreaElement | null>;
}

/** The problem, how it is put to the models, and what its answer should be. */
export function PromptCard({ targets, promptRef }: Props) {
	const question = usePlayground((s) => s.question);
	const busy = usePlayground(({ turns }) => turns.some(isBusy));
	const [choosing, setChoosing] = useState(false);
	const canGuide = targets.some(({ hasValues }) => hasValues);
	const problem = targets.length === 0 ? "Add a model that is to answer." : problemOf(question, canGuide);
	const send = () => {
		if (problem === null && !busy) void ask();
	};
	const askAnew = () => {
		change({ seed: (question.seed ?? 0) + 1 });
		void ask();
	};
	return (
		<Card
			title="Problem"
			className={styles.prompt}
			actions={
				<Button size="sm" variant="quiet" icon={ListPlus} onClick={() => setChoosing(true)}>
					Take a problem…
				</Button>
			}
		>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: the key works in every field of the form. */}
			<div
				className={styles.form}
				onKeyDown={(event) => {
					if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
					event.preventDefault();
					send();
				}}
			>
				<TextArea
					label="Problem"
					hideLabel
					lines={0}
					rows={3}
					value={question.prompt}
					placeholder="Ben has 6 cakes. He finds 2 cakes. How many cakes does Ben have?"
					onChange={(prompt) => change({ prompt })}
					ref={promptRef as RefObject<HTMLTextAreaElement>}
				/>
				<div className={styles.fields}>
					<SelectField
						label="Template"
						lines={0}
						value={question.template}
						options={TEMPLATES}
						onChange={(template) => change({ template })}
					/>
					<SelectField
						label="Task"
						help="How the answer is found in a response and compared with the reference."
						lines={0}
						value={question.task}
						options={TASKS}
						onChange={(task) => change({ task })}
					/>
					<TextField
						label="Reference answer"
						lines={0}
						value={question.reference}
						placeholder="Optional, for a verdict"
						onChange={(reference) => change({ reference })}
					/>
				</div>
				{question.template === "own" && (
					<TextArea
						label="Own template"
						lines={0}
						rows={2}
						mono
						value={question.ownTemplate}
						onChange={(ownTemplate) => change({ ownTemplate })}
					/>
				)}
				<Row gap={10}>
					{busy ? (
						<Button icon={Square} onClick={() => void cancel()}>
							Cancel
						</Button>
					) : (
						<Button variant="primary" icon={Play} kbd="mod+enter" disabled={problem !== null} onClick={send}>
							Ask
						</Button>
					)}
					{question.decoding !== "greedy" && !busy && (
						<Button disabled={problem !== null} onClick={askAnew}>
							Ask again with another seed
						</Button>
					)}
					<span className={styles.quiet}>{busy ? "Answering" : problem}</span>
				</Row>
			</div>
			{choosing && <ProblemDialog targets={targets} onClose={() => setChoosing(false)} />}
		</Card>
	);
}
