import { MessageSquare } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useSearch } from "wouter";
import { useStudio } from "../../app/store.ts";
import { useShortcuts } from "../../app/useShortcuts.ts";
import { Button, Card, EmptyState, ErrorNote, format, PageHeader } from "../../ui/index.ts";
import { AnswerCard } from "./AnswerCard.tsx";
import { WAITING } from "./answers.ts";
import styles from "./Playground.module.css";
import { PromptForm } from "./PromptForm.tsx";
import { askOf, FIRST_FORM, type Form } from "./request.ts";
import { TargetPickers } from "./TargetPickers.tsx";
import { allTargets, firstTargets } from "./targets.ts";
import { usePlayground } from "./usePlayground.ts";

const KEPT_QUESTIONS = 20;

export default function PlaygroundPage() {
	const models = useStudio((state) => state.models);
	const runs = useStudio((state) => state.runs);
	const query = new URLSearchParams(useSearch());
	const [run, model] = [query.get("run"), query.get("model")];
	const all = useMemo(() => allTargets(models ?? [], runs ?? []), [models, runs]);
	const [keys, setKeys] = useState<readonly string[]>([]);
	const [form, setForm] = useState<Form>(FIRST_FORM);
	const [problem, setProblem] = useState<string | null>(null);
	const [history, setHistory] = useState<readonly Form[]>([]);
	const { answers, error, ask, cancel, busy } = usePlayground();
	const known = models !== null && runs !== null;
	useEffect(() => {
		if (known) setKeys((before) => (before.length > 0 ? before : firstTargets(all, { run, model })));
	}, [known, all, run, model]);
	const targets = keys.flatMap((key) => all.find((target) => target.key === key) ?? []);
	const send = (question: Form) => {
		const asked = askOf(question);
		if ("problem" in asked) return setProblem(asked.problem);
		setProblem(null);
		setHistory((before) =>
			[question, ...before.filter(({ prompt }) => prompt !== question.prompt)].slice(0, KEPT_QUESTIONS),
		);
		void ask(targets, asked.ask);
	};
	const another = () => {
		const question = { ...form, seed: (form.seed ?? 0) + 1 };
		setForm(question);
		send(question);
	};
	useShortcuts([{ keys: "mod+Enter", label: "Ask", run: () => send(form) }]);
	if (known && all.length === 0)
		return (
			<EmptyState icon={MessageSquare} title="Nothing to ask yet">
				Add a model, or train a run to its first checkpoint.
			</EmptyState>
		);
	return (
		<>
			<PageHeader
				title="Playground"
				note="the same prompt and the same seed for each"
				actions={
					<>
						{answers.size > 0 && !busy && form.decoding !== "greedy" && (
							<Button onClick={another}>Ask again with another seed</Button>
						)}
						{busy ? (
							<Button onClick={cancel}>Cancel</Button>
						) : (
							<Button variant="primary" kbd="mod+enter" onClick={() => send(form)}>
								Ask
							</Button>
						)}
					</>
				}
			/>
			<div className={styles.page}>
				<div className={styles.side}>
					<PromptForm form={form} onForm={setForm} targets={targets} runs={runs ?? []} problem={problem} />
					{history.length > 0 && (
						<Card title="Asked before" note={format.plural(history.length, "prompt")} flush>
							<ul className={styles.history}>
								{history.map((question) => (
									<li key={question.prompt}>
										<button
											type="button"
											onClick={() => {
												setForm(question);
												send(question);
											}}
										>
											{question.prompt}
										</button>
									</li>
								))}
							</ul>
						</Card>
					)}
				</div>
				<div className={styles.main}>
					<TargetPickers all={all} keys={keys} onKeys={setKeys} />
					{error !== null && <ErrorNote error={error} />}
					<div className={styles.answers} data-count={targets.length}>
						{targets.map((target) => (
							<AnswerCard
								key={target.key}
								target={target}
								answer={answers.get(target.key) ?? (answers.size > 0 ? WAITING : null)}
								form={form}
							/>
						))}
					</div>
				</div>
			</div>
		</>
	);
}
