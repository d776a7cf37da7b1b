import { Check, Minus, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ApiOutput } from "../../../core/contract/api.ts";
import type { RunSample } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { Card, Chip, ErrorNote, format, Icon } from "../../ui/index.ts";
import styles from "./RunPage.module.css";
import { rowToShow, shortReference } from "./sample-words.ts";

type Samples = ApiOutput<"runs.samples">;

export interface Picked {
	step: number;
	row: number;
}

interface Props {
	runId: string;
	/** Rises with each evaluation: the list then shows its answers. */
	evaluatedStep: number | null;
	picked: Picked | null;
	onPick: (picked: Picked) => void;
}

/** Greedy answers to held-out problems at the newest evaluation, with their verdicts. */
export function RunSamples({ runId, evaluatedStep, picked, onPick }: Props) {
	const [only, setOnly] = useState<"all" | "wrong">("all");
	const [samples, setSamples] = useState<Samples | null>(null);
	const [error, setError] = useState<unknown>(null);
	const list = useRef<HTMLDivElement>(null);
	const latestPick = useRef(onPick);
	latestPick.current = onPick;
	const latestRow = useRef<number | null>(null);
	latestRow.current = picked?.row ?? null;
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new evaluation is what makes the list another.
	useEffect(() => {
		let current = true;
		call("runs.samples", { id: runId, step: null, only, limit: 200 }).then(
			(answer) => {
				if (!current) return;
				setSamples(answer);
				setError(null);
				const row = rowToShow(answer.samples, latestRow.current);
				if (answer.step !== null && row !== null) latestPick.current({ step: answer.step, row });
			},
			(problem: unknown) => current && setError(problem),
		);
		return () => {
			current = false;
		};
	}, [runId, only, evaluatedStep]);
	const row = picked?.row ?? null;
	useEffect(() => {
		const box = list.current;
		const shown = box?.querySelector<HTMLElement>(`[data-row="${row}"]`);
		if (!samples || !box || !shown) return;
		// The list alone: the page stays where its reader is.
		const [from, to] = [
			shown.offsetTop - box.offsetTop,
			shown.offsetTop - box.offsetTop + shown.offsetHeight,
		];
		if (from < box.scrollTop) box.scrollTop = from;
		else if (to > box.scrollTop + box.clientHeight) box.scrollTop = to - box.clientHeight;
	}, [samples, row]);
	const step = samples?.step ?? null;
	const move = (event: KeyboardEvent) => {
		const by =
			event.key === "ArrowDown" || event.key === "j"
				? 1
				: event.key === "ArrowUp" || event.key === "k"
					? -1
					: 0;
		if (by === 0 || !samples || step === null) return;
		event.preventDefault();
		const at = samples.samples.findIndex(({ row }) => row === picked?.row);
		const next = samples.samples[Math.max(0, Math.min(samples.samples.length - 1, at + by))];
		if (!next) return;
		onPick({ step, row: next.row });
		list.current?.querySelector<HTMLElement>(`[data-row="${next.row}"]`)?.focus();
	};
	return (
		<Card
			title="Samples"
			note={step === null ? "" : `step ${format.count(step)}, greedy`}
			flush
			grow
			className={styles.samples}
			actions={
				samples && samples.total > 0 ? (
					<>
						<Chip pressed={only === "all"} onClick={() => setOnly("all")}>
							All {format.count(samples.total)}
						</Chip>
						<Chip pressed={only === "wrong"} tone="bad" onClick={() => setOnly("wrong")}>
							{format.count(samples.wrong)} wrong
						</Chip>
					</>
				) : undefined
			}
		>
			{error !== null && <ErrorNote error={error} flush />}
			<div
				className={styles.list}
				role="listbox"
				aria-label="Sample answers"
				tabIndex={-1}
				onKeyDown={move}
				ref={list}
			>
				{step !== null &&
					samples?.samples.map((sample, i) => (
						<Sample
							key={sample.row}
							sample={sample}
							selected={picked?.row === sample.row}
							tabbable={picked === null ? i === 0 : picked.row === sample.row}
							onPick={() => onPick({ step, row: sample.row })}
						/>
					))}
				{samples?.samples.length === 0 && (
					<p className={styles.empty}>
						{only === "wrong"
							? "No wrong answer at this evaluation."
							: "Answers appear here with the first evaluation."}
					</p>
				)}
			</div>
		</Card>
	);
}

function Sample({
	sample,
	selected,
	tabbable,
	onPick,
}: {
	sample: RunSample;
	selected: boolean;
	tabbable: boolean;
	onPick: () => void;
}) {
	const { correct, extracted, reference, value } = sample;
	const answered = extracted === null ? "no answer found" : `answered ${extracted}`;
	const words =
		correct === null
			? answered
			: correct
				? `Correct: ${answered}`
				: `Wrong: ${answered}, expected ${shortReference(reference)}`;
	return (
		<button
			type="button"
			className={styles.sample}
			role="option"
			aria-selected={selected}
			tabIndex={tabbable ? 0 : -1}
			data-row={sample.row}
			onClick={onPick}
		>
			<span className={styles.mark} data-correct={correct ?? undefined}>
				<Icon icon={correct === null ? Minus : correct ? Check : X} />
			</span>
			<span>{sample.prompt}</span>
			<span className={styles.value}>{value === null ? "" : `V ${format.fixed(value, 2)}`}</span>
			<span className={styles.answer}>{words}</span>
		</button>
	);
}
