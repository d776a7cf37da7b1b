import { expect, it } from "vitest";
import { browserOpener } from "./open-browser.ts";

it("finds each platform's own way, and none where there is no screen", () => {
	expect(browserOpener("darwin", {})).toEqual(["open"]);
	expect(browserOpener("win32", {})?.[0]).toBe("rundll32");
	expect(browserOpener("linux", { DISPLAY: ":0" })).toEqual(["xdg-open"]);
	expect(browserOpener("linux", { WAYLAND_DISPLAY: "wayland-0" })).toEqual(["xdg-open"]);
	expect(browserOpener("linux", {})).toBeNull();
});
