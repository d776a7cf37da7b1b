import { Ellipsis, MessageSquare, Pause, Play, Square, X } from "lucide-react";
import { useState } from "react";
import type { RunDetail, RunSummary } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { goTo, routes } from "../../app/navigation.ts";
import { isBusy, messageOf } from "../../app/store.ts";
import { METHOD_LABELS, STATE_WORDS } from "../../app/words.ts";
import {
	Button,
	ButtonLink,
	Chip,
	format,
	IconButton,
	Menu,
	type MenuItem,
	PageHeader,
	Pill,
	StatusDot,
	toast,
} from "../../ui/index.ts";
import { EndingDialogs } from "../shared/EndingDialogs.tsx";
import { RenameDialog } from "../shared/RenameDialog.tsx";
import { control } from "./control.ts";
import { NoteDialog } from "./NoteDialog.tsx";

type Asking = "stop" | "kill" | "delete" | "rename" | "note" | null;

interface Props {
	summary: RunSummary;
	config: RunDetail["config"];
	color: string;
	dir: string;
}

/** Name, state and settings of a run, and what can be done with it. */
export function RunHeader({ summary, config, color, dir }: Props) {
	const { id, name, state, note, sweepId } = summary;
	const [asking, setAsking] = useState<Asking>(null);
	const atWork = state === "running" || state === "starting";
	const waits = state === "waiting-for-gpu" || (state === "queued" && sweepId === null);
	const words = STATE_WORDS[state];
	const items: MenuItem[] = [
		{ label: "Rename…", onSelect: () => setAsking("rename") },
		{ label: note === "" ? "Add note…" : "Edit note…", onSelect: () => setAsking("note") },
		{ label: "Train again with other settings", onSelect: () => goTo(routes.train({ run: id })) },
		{ label: "Compare with…", onSelect: () => goTo(routes.compare([id])) },
		"separator",
		...(atWork ? [{ label: "Save a checkpoint now", onSelect: () => control(id, "checkpoint") }] : []),
		...(atWork || state === "stopping" ? [{ label: "End at once…", onSelect: () => setAsking("kill") }] : []),
		...(isBusy(summary) || sweepId !== null
			? []
			: [{ label: "Delete…", danger: true, onSelect: () => setAsking("delete") }]),
	];
	return (
		<>
			<PageHeader
				title={name}
				lead={<StatusDot color={color} size={10} />}
				note={note.split("\n")[0]}
				meta={
					<>
						<Pill tone={words.tone} dot={state === "running"}>
							{words.label}
						</Pill>
						{config && (
							<>
								<Chip label={METHOD_LABELS[config.method]}>
									{config.adapter.type === "full" ? "full" : `LoRA ${config.adapter.rank}`}
								</Chip>
								{config.method !== "sft" && config.method !== "rs" && (
									<Chip label="β">{format.number(config.beta)}</Chip>
								)}
								<Chip label="lr">{format.number(config.lr)}</Chip>
								{config.method === "dqo" && <Chip label="λ">{format.number(config.lambda)}</Chip>}
								<Chip label="batch">{format.count(config.globalBatch)}</Chip>
								{summary.microTokens !== null && (
									<Chip label="micro-batch halved to">{format.count(summary.microTokens)} tokens</Chip>
								)}
							</>
						)}
					</>
				}
				actions={
					<>
						{sweepId !== null && <ButtonLink href={`#${routes.sweep(sweepId)}`}>Open sweep</ButtonLink>}
						{summary.lastSavedStep !== null && (
							<ButtonLink icon={MessageSquare} href={`#${routes.playground({ run: id })}`}>
								Try checkpoint
							</ButtonLink>
						)}
						{atWork && (
							<Button icon={Pause} kbd="P" onClick={() => control(id, "pause")}>
								Pause
							</Button>
						)}
						{state === "paused" && (
							<Button icon={Play} kbd="P" onClick={() => control(id, "continue")}>
								Resume
							</Button>
						)}
						{waits && (
							<Button icon={X} onClick={() => control(id, "stop")}>
								Leave the queue
							</Button>
						)}
						{(atWork || state === "paused") && (
							<Button icon={Square} onClick={() => setAsking("stop")}>
								Stop…
							</Button>
						)}
						<Menu
							trigger={<IconButton icon={Ellipsis} label="More actions" variant="default" />}
							items={items}
						/>
					</>
				}
			/>
			<EndingDialogs
				asking={asking}
				name={name}
				onClose={() => setAsking(null)}
				stop={{
					consequence:
						"It writes a checkpoint and ends. Resume goes on from there later as if nothing had happened.",
					onConfirm: () => control(id, "stop"),
				}}
				kill={{
					consequence:
						summary.lastSavedStep === null
							? "No checkpoint was written yet: its steps are lost."
							: `Steps after ${format.count(summary.lastSavedStep)} are lost; Resume goes on from there.`,
					onConfirm: () => control(id, "kill"),
				}}
				remove={{
					consequence: `Its folder ${dir} goes with all checkpoints, curves and samples. The data set and the model stay.`,
					onConfirm: () => remove(id, name),
				}}
			/>
			{asking === "rename" && (
				<RenameDialog call="runs.rename" what="run" id={id} name={name} onClose={() => setAsking(null)} />
			)}
			{asking === "note" && <NoteDialog id={id} note={note} onClose={() => setAsking(null)} />}
		</>
	);
}

async function remove(id: string, name: string): Promise<void> {
	try {
		await call("runs.remove", { id });
		goTo(routes.runs());
	} catch (error) {
		toast({ tone: "bad", title: `${name} was not deleted`, detail: messageOf(error) });
	}
}
