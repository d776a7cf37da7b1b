import type { Settings } from "../core/contract/api-app.ts";

export interface Closing {
	/** The window's close button, or the command that ends the whole app. */
	readonly what: "window" | "app";
	readonly training: boolean;
	readonly onClose: Settings["onClose"];
	/** On macOS an app stays in the dock without a window. */
	readonly staysWithoutWindow: boolean;
}

export type CloseDecision =
	/** Let the window go and leave the app in the dock. */
	| "close-window"
	/** Keep everything running with the window out of sight. */
	| "hide"
	/** Save checkpoints, stop what trains, and end. */
	| "end"
	| "ask";

/** What closing does. Nothing that trains is ever stopped without the user having said so. */
export function decideClose({ what, training, onClose, staysWithoutWindow }: Closing): CloseDecision {
	if (what === "window" && staysWithoutWindow) return training ? "hide" : "close-window";
	if (!training || onClose === "stop") return "end";
	// Whoever ends the app by its menu does not mean "keep it running".
	return what === "window" && onClose === "keep-running" ? "hide" : "ask";
}

/** The question, its answers in the order of their buttons, and which of them Escape takes. */
export interface CloseQuestion {
	readonly message: string;
	readonly detail: string;
	readonly buttons: readonly string[];
	readonly answers: readonly ("hide" | "end" | "stay")[];
	readonly cancelId: number;
}

export function closeQuestion(what: Closing["what"], runs: readonly string[]): CloseQuestion {
	const [first = "A run"] = runs;
	const message = runs.length > 1 ? `${runs.length} runs are training.` : `${first} is training.`;
	const saved = "Stopping saves a checkpoint first; the run can be resumed from it.";
	return what === "window"
		? {
				message,
				detail: `Keep training with the window closed, or stop? ${saved}`,
				buttons: ["Keep training", "Stop and quit", "Cancel"],
				answers: ["hide", "end", "stay"],
				cancelId: 2,
			}
		: {
				message,
				detail: saved,
				buttons: ["Stop and quit", "Cancel"],
				answers: ["end", "stay"],
				cancelId: 1,
			};
}
