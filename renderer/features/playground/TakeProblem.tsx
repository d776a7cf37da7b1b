import { useState } from "react";
import type { RunSample, RunSummary } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { messageOf } from "../../app/store.ts";
import { Button, Menu, type MenuItem, toast } from "../../ui/index.ts";
import type { Target } from "./targets.ts";

const OFFERED = 12;

interface Props {
	targets: readonly Target[];
	runs: readonly RunSummary[];
	onTake: (prompt: string, reference: string) => void;
}

/** Takes a held-out problem of the run that is asked, one that it answered wrong first. */
export function TakeProblem({ targets, runs, onTake }: Props) {
	const [samples, setSamples] = useState<readonly RunSample[]>([]);
	const run =
		targets.flatMap(({ ref }) => (ref.type === "run" ? [ref.id] : []))[0] ??
		runs.find(({ lastSavedStep }) => lastSavedStep !== null)?.id;
	const load = async () => {
		if (run === undefined) return;
		try {
			const [wrong, all] = await Promise.all(
				(["wrong", "all"] as const).map((only) =>
					call("runs.samples", { id: run, step: null, only, limit: OFFERED }),
				),
			);
			const rows = new Map(
				[...(wrong?.samples ?? []), ...(all?.samples ?? [])].map((sample) => [sample.row, sample]),
			);
			setSamples([...rows.values()].slice(0, OFFERED));
		} catch (error) {
			toast({ tone: "bad", title: "The problems could not be read", detail: messageOf(error) });
		}
	};
	if (run === undefined) return null;
	const items: MenuItem[] = samples.map(({ prompt, reference, correct }) => ({
		label: prompt.length > 60 ? `${prompt.slice(0, 60)}…` : prompt,
		detail:
			correct === null
				? undefined
				: correct
					? "answered correctly in training"
					: "answered wrong in training",
		onSelect: () => onTake(prompt, reference ?? ""),
	}));
	return (
		<Menu
			align="end"
			trigger={
				<Button size="sm" onPointerEnter={() => void load()} onFocus={() => void load()}>
					Take a problem
				</Button>
			}
			items={items.length > 0 ? items : [{ heading: "No held-out answers in this run yet" }]}
		/>
	);
}
