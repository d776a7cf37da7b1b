import type { ModelEntry } from "../../../core/contract/api-models.ts";
import { goTo, routes } from "../../app/navigation.ts";
import type { MenuItem } from "../../ui/index.ts";

/** What can be done with a model, in its row and in its card. */
export function modelMenu(
	model: ModelEntry,
	onAsk: (what: "rename" | "remove", model: ModelEntry) => void,
): MenuItem[] {
	const { id, state, builtIn } = model;
	const kept = builtIn ? "The starter comes with the program." : undefined;
	const refused = state === "refused" ? "It is not supported." : undefined;
	return [
		{
			label: "Train with this",
			onSelect: () => goTo(routes.train({ model: id })),
			disabled: refused !== undefined,
			detail: refused,
		},
		{
			label: "Try it",
			onSelect: () => goTo(routes.playground({ model: id })),
			disabled: refused !== undefined,
			detail: refused,
		},
		"separator",
		{ label: "Rename…", onSelect: () => onAsk("rename", model), disabled: builtIn, detail: kept },
		{
			label: "Remove…",
			onSelect: () => onAsk("remove", model),
			danger: !builtIn,
			disabled: builtIn,
			detail: kept,
		},
	];
}
