import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Count, countLine } from "./count.ts";
import { countJourneys } from "./count-journeys.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the real Playwright, which needs no browser for this, over files in a folder of their own and counts its report. */
function countOf(files: Record<string, string>): Count {
	// Inside the repository, because the files import Playwright.
	mkdirSync(join(root, ".cache"), { recursive: true });
	const dir = mkdtempSync(join(root, ".cache/journeys-"));
	try {
		const head = `import { expect, test } from "playwright/test";\n`;
		for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), head + text);
		const args = [join(root, "node_modules/playwright/cli.js"), "test", "--reporter=json", "--output=out"];
		const { status, stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: "utf8" });
		return countJourneys(JSON.parse(stdout), status ?? 1);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

it("counts passed, failed and skipped journeys, nested ones too", () => {
	const count = countOf({
		"mixed.spec.ts": `
			test("passes", () => expect(1).toBe(1));
			test.describe("inside", () => { test("fails", () => expect(1).toBe(2)); });
			test.skip("is skipped", () => {});`,
	});
	expect(countLine(count)).toBe("1 passed, 1 failed, 1 skipped");
	expect(count.failures[0]).toMatch(/mixed\.spec\.ts: fails$/);
});

it("counts a file that does not load as failed", () => {
	const count = countOf({ "broken.spec.ts": `import "./missing.ts"; test("never runs", () => {});` });
	expect(count.passed).toBe(0);
	expect(count.failures[0]).toContain("missing");
});

it("counts a run without a journey as failed", () => {
	expect(countOf({ "empty.spec.ts": "void [test, expect];" }).failed).toBe(1);
});
