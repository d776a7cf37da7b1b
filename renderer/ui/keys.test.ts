import { describe, expect, it } from "vitest";
import { keyText } from "./keys.ts";

describe("keyText", () => {
	it.each([
		["mod+K", "Ctrl K", "⌘ K"],
		["mod+shift+enter", "Ctrl Shift ↵", "⌘ ⇧ ↵"],
		["G R", "G R", "G R"],
		["/", "/", "/"],
	])("writes %s", (keys, other, mac) => {
		expect(keyText(keys, false)).toBe(other);
		expect(keyText(keys, true)).toBe(mac);
	});
});
