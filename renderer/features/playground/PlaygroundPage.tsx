import { History, MessageSquare } from "lucide-react";
import { useEffect, useRef } from "react";
import { useSearch } from "wouter";
import { useShallow } from "zustand/react/shallow";
import { Button, EmptyState, Menu, PageHeader } from "../../ui/index.ts";
import { AnswerColumn } from "./AnswerColumn.tsx";
import { DecodingCard } from "./DecodingCard.tsx";
import { decodingWords } from "./names.ts";
import styles from "./Playground.module.css";
import { PromptCard } from "./PromptCard.tsx";
import { ask, listen, show, shownTurn, usePlayground } from "./store.ts";
import { Targets } from "./Targets.tsx";
import { usePreselected } from "./usePreselected.ts";
import { useTargets } from "./useTargets.ts";

/** One question to a base model and a checkpoint, under the same seed, with V along both answers. */
export default function PlaygroundPage() {
	const query = new URLSearchParams(useSearch());
	usePreselected(query.get("run"), query.get("model"));
	useEffect(listen, []);
	const turn = usePlayground(shownTurn);
	const turns = usePlayground(useShallow(({ turns }) => turns));
	const targets = useTargets();
	const prompt = useRef<HTMLTextAreaElement>(null);
	const [newest] = turns;
	return (
		<>
			<PageHeader
				title="Playground"
				note="The same problem and seed for each model, side by side."
				actions={
					newest ? (
						<Menu
							trigger={<Button icon={History}>History</Button>}
							items={[
								{ heading: "This session" },
								...turns.map((one, i) => ({
									label: `${turns.length - i}. ${one.question.prompt.slice(0, 60)}`,
									detail: decodingWords(one.question),
									onSelect: () => show(one),
								})),
								"separator" as const,
								{ label: "Ask the newest again", onSelect: () => void ask(newest) },
							]}
						/>
					) : undefined
				}
			/>
			<div className={styles.ask}>
				<PromptCard targets={targets} promptRef={prompt} />
				<DecodingCard canGuide={targets.some(({ hasValues }) => hasValues)} />
			</div>
			<Targets targets={targets} />
			{turn === undefined ? (
				<EmptyState icon={MessageSquare} title="See what training changed">
					Ask a model and a checkpoint trained from it the same problem. A DQO or DRO checkpoint also shows V
					under each token: it falls where an answer goes wrong.
				</EmptyState>
			) : (
				<div className={styles.answers} data-many={turn.targets.length > 2 || undefined}>
					{turn.targets.map((target, i) => (
						<AnswerColumn
							// biome-ignore lint/suspicious/noArrayIndexKey: a place is what an answer belongs to.
							key={i}
							turn={turn}
							target={target}
							answer={turn.answers[i]}
						/>
					))}
				</div>
			)}
		</>
	);
}
