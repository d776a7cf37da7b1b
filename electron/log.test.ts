import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Log } from "./log.ts";

it("keeps two files of bounded size, with time and stack", () => {
	const dir = mkdtempSync(join(tmpdir(), "dqo-log-"));
	const log = new Log(join(dir, "logs"));
	log.write("started");
	log.error("page", new Error("gone"));
	expect(readFileSync(log.path, "utf8")).toMatch(
		/^\d{4}-\d\d-\d\dT\S+ started\n\S+ page: Error: gone\n {4}at /,
	);
	writeFileSync(log.path, "x".repeat(1024 ** 2 + 1));
	log.write("anew");
	expect(readFileSync(log.path, "utf8")).toMatch(/^\S+ anew\n$/);
	expect(readFileSync(`${log.path}.old`, "utf8")).toHaveLength(1024 ** 2 + 1);
	rmSync(log.path);
	rmSync(join(dir, "logs"), { recursive: true });
	expect(() => log.write("nowhere")).not.toThrow();
	rmSync(dir, { recursive: true });
});
