import type { MenuItemConstructorOptions } from "electron";

export interface MenuActions {
	/** Shows a screen of the page. */
	readonly go: (route: string) => void;
	/** Does what a shortcut of the page does, written as the page writes it, such as "mod+K". */
	readonly press: (keys: string) => void;
	readonly zoom: (change: "in" | "out" | "reset") => void;
	readonly openDataFolder: () => void;
	readonly openLogs: () => void;
	readonly openLink: (url: string) => void;
	readonly about: () => void;
	readonly quit: () => void;
}

const SCREENS = [
	["Home", "/"],
	["Data sets", "/data"],
	["Models", "/models"],
	["Train", "/train"],
	["Runs", "/runs"],
	["Sweeps", "/sweeps"],
	["Compare", "/compare"],
	["Playground", "/playground"],
	["Export", "/export"],
] as const;

const PAPER = "https://arxiv.org/abs/2410.09302";

/** The native menu. Its shortcuts are those of the page, which does the work. */
export function menuTemplate(
	actions: MenuActions,
	{ mac, development }: { mac: boolean; development: boolean },
): MenuItemConstructorOptions[] {
	const separator = { type: "separator" } as const;
	const settings = {
		label: "Settings…",
		accelerator: "CmdOrCtrl+,",
		click: () => actions.go("/settings"),
	};
	const about = { label: "About DQO Studio", click: actions.about };
	const quit = { label: mac ? "Quit DQO Studio" : "Quit", accelerator: "CmdOrCtrl+Q", click: actions.quit };
	const appMenu: MenuItemConstructorOptions = {
		label: "DQO Studio",
		submenu: [
			about,
			separator,
			settings,
			separator,
			{ role: "hide" },
			{ role: "hideOthers" },
			separator,
			quit,
		],
	};
	const file: MenuItemConstructorOptions = {
		label: "&File",
		submenu: [
			{ label: "New run", accelerator: "CmdOrCtrl+N", click: () => actions.go("/train") },
			{ label: "Add data sets", click: () => actions.go("/data") },
			{ label: "Add a model", click: () => actions.go("/models") },
			separator,
			{ label: "Open the data folder", click: actions.openDataFolder },
			separator,
			{ role: "close" },
			...(mac ? [] : [settings, separator, quit]),
		],
	};
	const view: MenuItemConstructorOptions = {
		label: "&View",
		submenu: [
			{ label: "Search and commands", accelerator: "CmdOrCtrl+K", click: () => actions.press("mod+K") },
			separator,
			...SCREENS.map(([label, route], index) => ({
				label,
				accelerator: `CmdOrCtrl+${index + 1}`,
				click: () => actions.go(route),
			})),
			separator,
			{ label: "Zoom in", accelerator: "CmdOrCtrl+Plus", click: () => actions.zoom("in") },
			{ label: "Zoom out", accelerator: "CmdOrCtrl+-", click: () => actions.zoom("out") },
			{ label: "Actual size", accelerator: "CmdOrCtrl+0", click: () => actions.zoom("reset") },
			separator,
			{ role: "togglefullscreen" },
			...(development ? [separator, { role: "reload" } as const, { role: "toggleDevTools" } as const] : []),
		],
	};
	const help: MenuItemConstructorOptions = {
		label: "&Help",
		role: "help",
		submenu: [
			{ label: "Keyboard shortcuts", click: () => actions.press("?") },
			{ label: "The DQO paper", click: () => actions.openLink(PAPER) },
			{ label: "Show the logs", click: actions.openLogs },
			...(mac ? [] : [separator, about]),
		],
	};
	return [...(mac ? [appMenu] : []), file, { role: "editMenu" }, view, { role: "windowMenu" }, help];
}

/** The next of the zoom levels that the settings know, in per cent. */
export function nextZoom(now: number, change: "in" | "out" | "reset"): number {
	if (change === "reset") return 100;
	const levels = [75, 90, 100, 110, 125, 150, 175, 200];
	return (
		(change === "in" ? levels.find((level) => level > now) : levels.findLast((level) => level < now)) ?? now
	);
}
