import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { defaultDataDir } from "./data-dir.ts";

const at = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv = {}) =>
	defaultDataDir({ platform, env, home: "/home/ada" });

it("keeps data where each platform keeps an app's data", () => {
	expect(at("linux")).toBe(join("/home/ada", ".local", "share", "dqo-studio", "studio"));
	expect(at("linux", { XDG_DATA_HOME: "/data" })).toBe(join("/data", "dqo-studio", "studio"));
	expect(at("darwin")).toBe(join("/home/ada", "Library", "Application Support", "DQO Studio", "studio"));
	expect(at("win32", { APPDATA: "/appdata" })).toBe(join("/appdata", "DQO Studio", "studio"));
	expect(at("linux", { DQO_STUDIO_DIR: "mine" })).toBe(resolve("mine"));
});
