import { ChartNoAxesColumn, Ellipsis, Play, Square } from "lucide-react";
import { useState } from "react";
import type { SweepDetail } from "../../../core/contract/api-sweeps.ts";
import { routes } from "../../app/navigation.ts";
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
} from "../../ui/index.ts";
import { EndingDialogs } from "../shared/EndingDialogs.tsx";
import { RenameDialog } from "../shared/RenameDialog.tsx";
import { killSweep, removeSweep, resumeSweep, stopSweep } from "./control.ts";
import { SEARCH_WORDS, sizeText, sweepState, trialName } from "./scores.ts";

type Asking = "stop" | "kill" | "delete" | "rename" | null;

interface Props {
	detail: SweepDetail;
	pinned: readonly string[];
	onCompare: () => void;
}

const CAN_RESUME: ReadonlySet<string> = new Set(["stopped", "failed", "interrupted"]);

/** Name, state and size of a sweep, and what can be done with it. */
export function SweepHeader({ detail, pinned, onCompare }: Props) {
	const { summary, dir, trials } = detail;
	const { id, name, state, training, total, best } = summary;
	const [asking, setAsking] = useState<Asking>(null);
	const atWork = state === "running" || state === "queued";
	const words = sweepState(summary);
	const bestTrial = trials.find(({ runId }) => runId === best?.runId);
	const items: MenuItem[] = [
		{ label: "Rename…", onSelect: () => setAsking("rename") },
		...(state === "running" || state === "stopping"
			? [{ label: "End at once…", onSelect: () => setAsking("kill") }]
			: [{ label: "Delete…", danger: true, onSelect: () => setAsking("delete") }]),
	];
	return (
		<>
			<PageHeader
				title={name}
				meta={
					<>
						<Pill tone={words.tone} dot={state === "running"}>
							{state === "running" && training > 0
								? `Training ${format.count(training)} of ${format.count(total)}`
								: words.label}
						</Pill>
						<Chip label={SEARCH_WORDS[summary.method]}>{sizeText(summary)}</Chip>
						<Chip label="Model">{summary.modelName}</Chip>
						<Chip label="Data">{summary.dataName}</Chip>
					</>
				}
				actions={
					<>
						{atWork && (
							<Button icon={Square} onClick={() => setAsking("stop")}>
								Stop…
							</Button>
						)}
						{CAN_RESUME.has(state) && (
							<Button icon={Play} onClick={() => void resumeSweep(id, name)}>
								Resume
							</Button>
						)}
						{pinned.length > 0 && (
							<Button icon={ChartNoAxesColumn} kbd="C" onClick={onCompare}>
								Compare {pinned.length} pinned
							</Button>
						)}
						{bestTrial && (
							<ButtonLink variant="primary" href={`#${routes.train({ run: bestTrial.runId })}`}>
								Train {trialName(bestTrial.trial)} longer
							</ButtonLink>
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
						state === "queued"
							? "It leaves the queue; nothing was trained yet. Resume puts it back."
							: "Runs that train write a checkpoint and end; those that wait do not start. Resume goes on from there to the same best run.",
					onConfirm: () => stopSweep(id, name),
				}}
				kill={{
					consequence:
						"Steps since each run's last checkpoint are lost; Resume goes on from the checkpoints.",
					onConfirm: () => killSweep(id, name),
				}}
				remove={{
					consequence: `Its folder ${dir} goes with ${format.plural(total, "run")}, their checkpoints, curves and samples. The data set and the model stay.`,
					onConfirm: () => removeSweep(id, name),
				}}
			/>
			{asking === "rename" && (
				<RenameDialog call="sweeps.rename" what="sweep" id={id} name={name} onClose={() => setAsking(null)} />
			)}
		</>
	);
}
