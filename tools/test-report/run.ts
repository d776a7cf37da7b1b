import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Count, countLine, countReport } from "./count.ts";
import { runJourneys } from "./journeys.ts";

/** Checks that need no test runner; each counts as one test. */
const CHECKS: readonly { name: string; script: string; args: string[] }[] = [
	...[".", "renderer", "renderer/api", "electron", "e2e"].map((project) => ({
		name: `types of ${project}`,
		script: "node_modules/typescript/bin/tsc",
		args: ["-p", project],
	})),
	{ name: "lint", script: "node_modules/@biomejs/biome/bin/biome", args: ["check", "--error-on-warnings"] },
	{ name: "lock file", script: "node_modules/tsx/dist/cli.mjs", args: ["tools/lock-file/check.ts"] },
];

const total: Count = { passed: 0, failed: 0, skipped: 0, failures: [] };
for (const { name, script, args } of CHECKS) {
	const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
	console.log(`${status === 0 ? "ok" : "FAILED"}: ${name}`);
	if (status === 0) total.passed++;
	else total.failures.push(`check: ${name}`);
}
const chosen = process.argv.slice(2);
const tests = runVitest();
// Tests chosen by name are vitest's alone.
for (const count of chosen.length > 0 ? [tests] : [tests, runJourneys()]) {
	total.passed += count.passed;
	total.skipped += count.skipped;
	total.failures.push(...count.failures);
}
total.failed = total.failures.length;
for (const failure of total.failures) console.log(`FAILED: ${failure}`);
console.log(countLine(total));
process.exitCode = total.failed > 0 || tests.passed === 0 ? 1 : 0;

function runVitest(): Count {
	const folder = mkdtempSync(join(tmpdir(), "dqo-tests-"));
	const output = join(folder, "report.json");
	try {
		const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${output}`];
		const args = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...chosen];
		const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
		if (existsSync(output)) return countReport(JSON.parse(readFileSync(output, "utf8")), status ?? 1);
		return { passed: 0, failed: 1, skipped: 0, failures: [`vitest wrote no report (exit code ${status})`] };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
