const MAC: Readonly<Record<string, string>> = {
	mod: "⌘",
	ctrl: "⌃",
	alt: "⌥",
	shift: "⇧",
	enter: "↵",
	esc: "Esc",
};
const OTHER: Readonly<Record<string, string>> = {
	mod: "Ctrl",
	ctrl: "Ctrl",
	alt: "Alt",
	shift: "Shift",
	enter: "↵",
	esc: "Esc",
};

/** Whether shortcuts use Cmd. */
export function isMac(): boolean {
	return typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
}

/** `mod+shift+K` in words of the platform: "Ctrl Shift K" or "⌘ ⇧ K". Keys one after the other, "G R", stay as they are. */
export function keyText(keys: string, mac: boolean): string {
	const names = mac ? MAC : OTHER;
	return keys
		.split("+")
		.map((key) => names[key.toLowerCase()] ?? key)
		.join(" ");
}
