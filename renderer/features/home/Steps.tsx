import type { LucideIcon } from "lucide-react";
import { Box, Check, Database, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { isBuiltInData } from "../../app/built-in.ts";
import { routes } from "../../app/navigation.ts";
import { chooseData, chooseModel } from "../../app/picking.ts";
import { useStudio } from "../../app/store.ts";
import { Button, ButtonLink, Card, format, Icon } from "../../ui/index.ts";
import styles from "./Home.module.css";

/** The way to a first run: model, data, train. A step that is done says with what. */
export function Steps() {
	const models = useStudio((state) => state.models);
	const data = useStudio((state) => state.data);
	const model =
		models?.find(({ state, builtIn }) => state === "ready" && !builtIn) ??
		models?.find(({ state }) => state === "ready");
	const entry = data?.find((one) => one.state === "ready" && !isBuiltInData(one));
	const from = { ...(entry ? { data: entry.id } : {}), ...(model ? { model: model.id } : {}) };
	return (
		<div className={styles.steps}>
			<Step
				n={1}
				done={model !== undefined}
				title="Choose a model"
				text="Pick one from this computer, or open a Hugging Face folder."
			>
				<Slot
					icon={Box}
					title={model?.name ?? "No model yet"}
					detail={model ? `${format.bytes(model.bytes)}, ready` : "A folder with config.json"}
					empty={!model}
					action={
						<Button variant="quiet" size="sm" onClick={chooseModel}>
							{model ? "Change" : "Open…"}
						</Button>
					}
				/>
			</Step>
			<Step
				n={2}
				done={entry !== undefined}
				title="Add data"
				text="Drop questions and answers, scored responses or preference pairs."
			>
				<Slot
					icon={Database}
					title={entry?.name ?? "Drop files anywhere"}
					detail={entry ? `${format.count(entry.usableRows)} rows, ready` : "JSONL, JSON, CSV, TSV, Parquet"}
					empty={!entry}
					action={
						<Button variant="quiet" size="sm" onClick={chooseData}>
							{entry ? "Change" : "Choose…"}
						</Button>
					}
				/>
			</Step>
			<Step
				n={3}
				done={false}
				title="Train"
				text="Start from the paper’s settings. Time and memory are shown first."
			>
				<Slot
					icon={SlidersHorizontal}
					title="DQO, β 0.03, λ 1"
					detail={model && entry ? `${model.name} on ${entry.name}` : "Needs a model and data"}
					empty={false}
					action={
						<ButtonLink variant={model && entry ? "primary" : "default"} href={`#${routes.train(from)}`}>
							Review and start
						</ButtonLink>
					}
				/>
			</Step>
		</div>
	);
}

function Step({
	n,
	done,
	title,
	text,
	children,
}: {
	n: number;
	done: boolean;
	title: string;
	text: string;
	children: ReactNode;
}) {
	return (
		<Card>
			<div className={styles.stepHead}>
				<span className={styles.stepMark} data-done={done || undefined}>
					{done ? <Icon icon={Check} /> : n}
				</span>
				<h2>{title}</h2>
			</div>
			<p className={styles.stepText}>{text}</p>
			{children}
		</Card>
	);
}

interface SlotProps {
	icon: LucideIcon;
	title: string;
	detail: string;
	empty: boolean;
	action: ReactNode;
}

function Slot({ icon, title, detail, empty, action }: SlotProps) {
	return (
		<div className={styles.slot} data-empty={empty || undefined}>
			<Icon icon={icon} />
			<div className={styles.slotText}>
				<span>{title}</span>
				<span>{detail}</span>
			</div>
			{action}
		</div>
	);
}
