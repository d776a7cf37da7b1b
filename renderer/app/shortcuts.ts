import { goTo, routes } from "./navigation.ts";

export interface Shortcut {
	/** As `keyText` writes it: "mod+K", "G H", "P". */
	keys: string;
	label: string;
	run: () => void;
}

/** The sidebar's places in their order, for Ctrl 1 to 9 and G then a letter. */
export const PLACES: readonly { label: string; letter: string; route: string }[] = [
	{ label: "Home", letter: "H", route: routes.home() },
	{ label: "Data sets", letter: "D", route: routes.data() },
	{ label: "Models", letter: "M", route: routes.models() },
	{ label: "Train", letter: "T", route: routes.train() },
	{ label: "Runs", letter: "R", route: routes.runs() },
	{ label: "Sweeps", letter: "S", route: routes.sweeps() },
	{ label: "Compare", letter: "C", route: routes.compare() },
	{ label: "Playground", letter: "P", route: routes.playground() },
	{ label: "Export", letter: "E", route: routes.export() },
];

const CHORD_MS = 1200;

/** What screens offer while they are shown, newest last: a later one of the same keys wins. */
const offered: Shortcut[] = [];

/** Offers shortcuts until the returned function is called. */
export function offerShortcuts(shortcuts: readonly Shortcut[]): () => void {
	offered.push(...shortcuts);
	return () => {
		for (const one of shortcuts) {
			const at = offered.lastIndexOf(one);
			if (at !== -1) offered.splice(at, 1);
		}
	};
}

/** Every shortcut that works now, a later offer of the same keys in place of an earlier. */
export function activeShortcuts(): readonly Shortcut[] {
	return [...new Map(offered.map((one) => [one.keys, one])).values()];
}

interface KeyPress {
	key: string;
	mod: boolean;
	shift: boolean;
	alt: boolean;
}

/** Turns key presses into shortcuts: one with a modifier, one key, or G and then a letter. Pure but for the clock given. */
export class ShortcutReader {
	#chordAt: number | null = null;

	/** The keys pressed as a shortcut is written, or null while a chord has only begun. */
	read({ key, mod, shift, alt }: KeyPress, now: number): string | null {
		if (alt) return null;
		const name = key.length === 1 ? key.toUpperCase() : key;
		if (mod) return shift && key.length > 1 ? `mod+shift+${name}` : `mod+${name}`;
		const inChord = this.#chordAt !== null && now - this.#chordAt < CHORD_MS;
		this.#chordAt = null;
		if (inChord) return `G ${name}`;
		if (name === "G" && !shift) {
			this.#chordAt = now;
			return null;
		}
		return shift && key.length > 1 ? `shift+${name}` : name;
	}
}

/** What lies in front of the page and takes its own keys; a list within the page does not. */
const IN_FRONT =
	"[role=dialog],[role=alertdialog],[role=menu],[data-radix-popper-content-wrapper] [role=listbox]";

function inField(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return (
		target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.role === "textbox"
	);
}

/** Listens for shortcuts on the whole page. Single keys are off in fields, in dialogs, and when `singleKeys` says no. */
export function listenForShortcuts(singleKeys: () => boolean): () => void {
	const reader = new ShortcutReader();
	const onKey = (event: KeyboardEvent) => {
		const mod = event.ctrlKey || event.metaKey;
		// A radio keeps plain Enter from its form; with a modifier it commits from there too.
		if ((event.defaultPrevented && !(mod && event.key === "Enter")) || event.isComposing) return;
		if (!mod && (!singleKeys() || inField(event.target) || document.querySelector(IN_FRONT))) return;
		const keys = reader.read(
			{ key: event.key, mod, shift: event.shiftKey, alt: event.altKey },
			event.timeStamp,
		);
		const found = keys === null ? undefined : activeShortcuts().find((one) => one.keys === keys);
		if (!found) return;
		event.preventDefault();
		found.run();
	};
	addEventListener("keydown", onKey);
	return () => removeEventListener("keydown", onKey);
}

/** Ctrl 1 to 9 and the G chords. */
export function placeShortcuts(): Shortcut[] {
	return PLACES.flatMap(({ label, letter, route }, i) => [
		{ keys: `mod+${i + 1}`, label: `Go to ${label}`, run: () => goTo(route) },
		{ keys: `G ${letter}`, label: `Go to ${label}`, run: () => goTo(route) },
	]);
}
