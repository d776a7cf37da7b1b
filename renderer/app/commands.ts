import type { LucideIcon } from "lucide-react";
import { Activity, Box, Database, LayoutGrid } from "lucide-react";
import { familyName } from "../../core/contract/families.ts";
import { NAV_FOOT, NAV_GROUPS } from "../nav.ts";
import { goTo, routes } from "./navigation.ts";
import { activeShortcuts } from "./shortcuts.ts";
import type { StudioState } from "./store.ts";
import { STATE_WORDS } from "./words.ts";

/** Something the palette can do: a place, an object, or what the shown screen offers. */
export interface Command {
	id: string;
	label: string;
	/** A quiet word after the label, such as a run's state. */
	note: string;
	group: "Here" | "Go to" | "Runs" | "Sweeps" | "Data sets" | "Models";
	icon: LucideIcon | null;
	keys: string | null;
	run: () => void;
}

type Known = Pick<StudioState, "runs" | "sweeps" | "data" | "models">;

/** Everything that can be chosen now. */
export function allCommands({ runs, sweeps, data, models }: Known): Command[] {
	const places = [...NAV_GROUPS.flat(), ...NAV_FOOT];
	const object = (
		group: Command["group"],
		icon: LucideIcon,
		id: string,
		label: string,
		note: string,
		route: string,
	) => ({
		...{ id: `${group}:${id}`, label, note, group, icon, keys: null },
		run: () => goTo(route),
	});
	return [
		...activeShortcuts()
			.filter(({ label }) => !label.startsWith("Go to "))
			.map(
				({ keys, label, run }): Command => ({
					id: `here:${keys}`,
					label,
					note: "",
					group: "Here",
					icon: null,
					keys,
					run,
				}),
			),
		...places.map(
			({ label, href, icon, kbd }): Command => ({
				...{ id: href, label, note: "", group: "Go to", icon, keys: kbd ?? null },
				run: () => goTo(href.slice(1)),
			}),
		),
		...(runs ?? []).map((run) =>
			object("Runs", Activity, run.id, run.name, STATE_WORDS[run.state].label, routes.run(run.id)),
		),
		...(sweeps ?? []).map((sweep) =>
			object(
				"Sweeps",
				LayoutGrid,
				sweep.id,
				sweep.name,
				`${sweep.finished} of ${sweep.total}`,
				routes.sweep(sweep.id),
			),
		),
		...(data ?? []).map((entry) =>
			object("Data sets", Database, entry.id, entry.name, entry.kind ?? entry.state, routes.data(entry.id)),
		),
		...(models ?? []).map((model) =>
			object("Models", Box, model.id, model.name, familyName(model.family), routes.models(model.id)),
		),
	];
}

/**
 * Commands that hold every word typed, the best first: a label that begins with the text, then a word that does, then
 * the rest, in their given order.
 */
export function search(commands: readonly Command[], text: string): Command[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return [...commands];
	const scored = commands.flatMap((command) => {
		const label = command.label.toLowerCase();
		const all = `${label} ${command.note.toLowerCase()} ${command.group.toLowerCase()}`;
		if (!words.every((word) => all.includes(word))) return [];
		const first = words[0] as string;
		const rank = label.startsWith(first)
			? 0
			: label.split(/[\s,_-]+/).some((part) => part.startsWith(first))
				? 1
				: 2;
		return [{ command, rank }];
	});
	return scored.sort((a, b) => a.rank - b.rank).map(({ command }) => command);
}
