import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findElectron, noWindow } from "./electron.ts";
import { isStale } from "./stale.ts";

let dir = "";
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-start-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("builds when something is newer than what was built, however deep it lies", () => {
	const [built, source] = [join(dir, "index.html"), join(dir, "src")];
	mkdirSync(join(source, "ui"), { recursive: true });
	writeFileSync(join(source, "ui", "a.ts"), "");
	expect(isStale(built, [source])).toBe(true);
	writeFileSync(built, "");
	const at = (path: string, seconds: number) => utimesSync(path, seconds, seconds);
	at(built, 2000);
	for (const path of [source, join(source, "ui"), join(source, "ui", "a.ts")]) at(path, 1000);
	expect(isStale(built, [source, join(dir, "none")])).toBe(false);
	at(join(source, "ui", "a.ts"), 3000);
	expect(isStale(built, [source])).toBe(true);
	at(join(source, "ui", "a.ts"), 1000);
	// A file was taken away: only its folder shows it.
	at(join(source, "ui"), 3000);
	expect(isStale(built, [source])).toBe(true);
});

it("knows where no window can be opened", () => {
	expect(noWindow("linux", {}, 1000)).toContain("no screen");
	expect(noWindow("linux", { DISPLAY: ":0" }, 0)).toContain("root");
	expect(noWindow("linux", { WAYLAND_DISPLAY: "wayland-0" }, 1000)).toBeNull();
	expect(noWindow("darwin", {}, 0)).toBeNull();
	expect(noWindow("win32", {}, undefined)).toBeNull();
});

it("takes Electron where it is, fetches it where it is not, and says why it cannot", async () => {
	const said: string[] = [];
	const find = () => findElectron(dir, (line) => said.push(line));
	expect(await find()).toEqual({ path: null, why: "it is not installed" });
	expect(said).toEqual([]);

	writeFileSync(join(dir, "install.js"), 'throw new TypeError("fetch failed");');
	expect(await find()).toEqual({ path: null, why: "it could not be fetched (fetch failed)" });

	const install =
		'fs.mkdirSync("dist"); fs.writeFileSync("dist/electron", ""); fs.writeFileSync("path.txt", "electron");';
	writeFileSync(
		join(dir, "install.js"),
		`const fs = require("node:fs"); process.chdir(__dirname); ${install}`,
	);
	expect(await find()).toEqual({ path: join(dir, "dist", "electron"), why: null });
	expect(said).toHaveLength(2);
	expect(await find()).toEqual({ path: join(dir, "dist", "electron"), why: null });
	expect(said).toHaveLength(2);
});
