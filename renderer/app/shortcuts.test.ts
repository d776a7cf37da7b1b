import { expect, test } from "vitest";
import { activeShortcuts, offerShortcuts, ShortcutReader } from "./shortcuts.ts";

const press = (key: string, more: Partial<{ mod: boolean; shift: boolean; alt: boolean }> = {}) => ({
	...{ key, mod: false, shift: false, alt: false },
	...more,
});

test("G then a letter is a chord; too late it is two keys", () => {
	const reader = new ShortcutReader();
	expect(reader.read(press("g"), 0)).toBeNull();
	expect(reader.read(press("r"), 500)).toBe("G R");
	expect(reader.read(press("g"), 1000)).toBeNull();
	expect(reader.read(press("r"), 5000)).toBe("R");
});

test("a letter after a finished chord stands alone", () => {
	const reader = new ShortcutReader();
	reader.read(press("g"), 0);
	reader.read(press("r"), 1);
	expect(reader.read(press("h"), 2)).toBe("H");
});

test("modifiers, brackets and the question mark", () => {
	const reader = new ShortcutReader();
	expect(reader.read(press("k", { mod: true }), 0)).toBe("mod+K");
	expect(reader.read(press("Enter", { mod: true }), 0)).toBe("mod+Enter");
	expect(reader.read(press("?", { shift: true }), 0)).toBe("?");
	expect(reader.read(press("["), 0)).toBe("[");
	expect(reader.read(press("k", { alt: true }), 0)).toBeNull();
});

test("the screen's own shortcut wins while it is shown", () => {
	const calls: string[] = [];
	const offer = (name: string) => offerShortcuts([{ keys: "P", label: name, run: () => calls.push(name) }]);
	const endApp = offer("app");
	const endScreen = offer("screen");
	activeShortcuts()
		.find(({ keys }) => keys === "P")
		?.run();
	endScreen();
	activeShortcuts()
		.find(({ keys }) => keys === "P")
		?.run();
	endApp();
	expect(calls).toEqual(["screen", "app"]);
	expect(activeShortcuts()).toEqual([]);
});
