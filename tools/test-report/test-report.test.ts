import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Count, countLine, countReport } from "./count.ts";

const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));

/** Runs the real vitest over test files in a folder of their own and counts its report. */
function countOf(files: Record<string, string>): Count {
	const dir = mkdtempSync(join(tmpdir(), "dqo-report-"));
	try {
		for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
		const args = [vitest, "run", "--globals", "--root", dir, "--reporter=json", "--outputFile=report.json"];
		const { status } = spawnSync(process.execPath, args, { encoding: "utf8" });
		return countReport(JSON.parse(readFileSync(join(dir, "report.json"), "utf8")), status ?? 1);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

it("counts passed, failed and skipped tests, and a file that does not load as failed", () => {
	const count = countOf({
		"mixed.test.js": `
			it("passes", () => expect(1).toBe(1));
			it("fails", () => expect(1).toBe(2));
			it.skip("is skipped", () => {});`,
		"broken.test.js": `import "./missing.js"; it("never runs", () => {});`,
	});
	expect(countLine(count)).toBe("1 passed, 2 failed, 1 skipped");
	expect(count.failures.some((line) => line.endsWith("mixed.test.js: fails"))).toBe(true);
	expect(count.failures.some((line) => line.includes("broken.test.js"))).toBe(true);
});

it("counts an error outside of every test as a failure", () => {
	const count = countOf({
		"stray.test.js": `it("passes", async () => {
			setTimeout(() => { throw new Error("stray"); }, 0);
			await new Promise((resolve) => setTimeout(resolve, 50));
		});`,
	});
	expect(count).toMatchObject({ passed: 1, failed: 1 });
});

it("says nothing of skipped tests when there are none", () => {
	const count = countOf({ "good.test.js": `it("passes", () => expect(1).toBe(1));` });
	expect(countLine(count)).toBe("1 passed, 0 failed");
});
