import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runLockHolder } from "../store/run-lock.ts";
import { takeDataDir } from "./instance.ts";

let dir = "";
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-instance-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("a data folder", () => {
	it("belongs to one process, whose address the next one is told", () => {
		const first = takeDataDir(dir);
		first.announce("browser", "http://127.0.0.1:8765/");
		expect(() => takeDataDir(dir)).toThrow(`process ${process.pid}`);
		try {
			takeDataDir(dir);
		} catch (error) {
			expect(error).toMatchObject({ code: "run-exists", details: { url: "http://127.0.0.1:8765/" } });
			expect((error as { hint: string }).hint).toContain("http://127.0.0.1:8765/");
		}
		first.release();
		expect(existsSync(join(dir, "instance.json"))).toBe(false);
		takeDataDir(dir).release();
	});

	it("left by a process that is gone is taken over, whatever it left behind", () => {
		mkdirSync(dir, { recursive: true });
		writeFileSync(join(dir, ".lock"), "999999999");
		writeFileSync(join(dir, "instance.json"), "{");
		const taken = takeDataDir(dir);
		expect(runLockHolder(dir)).toBe(process.pid);
		taken.release();
		expect(readdirSync(dir)).toEqual([]);
	});
});
