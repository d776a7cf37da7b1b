import type { MenuItemConstructorOptions } from "electron";
import { expect, it } from "vitest";
import { type MenuActions, menuTemplate, nextZoom } from "./menu-template.ts";

const done: string[] = [];
const note = (name: string) => (more?: string) =>
	void done.push(more === undefined ? name : `${name} ${more}`);
const actions: MenuActions = {
	go: note("go"),
	press: note("press"),
	zoom: note("zoom"),
	openDataFolder: note("data"),
	openLogs: note("logs"),
	openLink: note("link"),
	about: note("about"),
	quit: note("quit"),
};
function entries(mac: boolean, development = false): MenuItemConstructorOptions[] {
	return menuTemplate(actions, { mac, development }).flatMap(({ submenu }) =>
		Array.isArray(submenu) ? submenu : [],
	);
}
const click = (label: string) => {
	const item = entries(false).find((one) => one.label === label);
	(item?.click as (() => void) | undefined)?.();
	return done.at(-1);
};

it("does what the page's shortcuts do", () => {
	expect(click("Search and commands")).toBe("press mod+K");
	expect(click("Keyboard shortcuts")).toBe("press ?");
	expect(click("Runs")).toBe("go /runs");
	expect(click("Settings…")).toBe("go /settings");
	expect(click("Zoom in")).toBe("zoom in");
	expect(click("The DQO paper")).toBe("link https://arxiv.org/abs/2410.09302");
});

it.each([true, false])("gives no shortcut twice, and no entry without a deed (mac: %s)", (mac) => {
	const items = entries(mac, true);
	const accelerators = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
	expect(new Set(accelerators).size).toBe(accelerators.length);
	for (const item of items) expect(item.type === "separator" || item.role || item.click).toBeTruthy();
	for (const label of [mac ? "Quit DQO Studio" : "Quit", "Settings…", "About DQO Studio"]) {
		expect(items.filter((item) => item.label === label)).toHaveLength(1);
	}
});

it("shows tools for the page's inside in development only", () => {
	const roles = (development: boolean) => entries(false, development).map(({ role }) => role);
	expect(roles(true)).toContain("toggleDevTools");
	expect(roles(false)).not.toContain("toggleDevTools");
	expect(roles(false)).not.toContain("reload");
});

it("steps through the zoom levels and stops at the ends", () => {
	expect(nextZoom(100, "in")).toBe(110);
	expect(nextZoom(100, "out")).toBe(90);
	expect(nextZoom(105, "out")).toBe(100);
	expect(nextZoom(200, "in")).toBe(200);
	expect(nextZoom(75, "out")).toBe(75);
	expect(nextZoom(150, "reset")).toBe(100);
});
