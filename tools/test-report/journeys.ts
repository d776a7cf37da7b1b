import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shells } from "../../e2e/drivers/shells.ts";
import { buildWhenStale } from "../start/build.ts";
import { findChromium } from "./chromium.ts";
import type { Count } from "./count.ts";
import { countJourneys } from "./count-journeys.ts";

/** Builds the page where out of date and drives the app through every journey; each counts as one test. */
export function runJourneys(): Count {
	if (findChromium() === null && shells().length === 0) {
		console.log("journeys skipped: no Chromium; set DQO_CHROMIUM");
		return { passed: 0, failed: 0, skipped: 1, failures: [] };
	}
	const problem = buildWhenStale("page");
	if (problem !== null) return failed(`journeys: the page could not be built\n${problem}`);
	const folder = mkdtempSync(join(tmpdir(), "dqo-journeys-"));
	const output = join(folder, "report.json");
	try {
		const args = ["node_modules/playwright/cli.js", "test", "--config", "e2e/playwright.config.ts"];
		const env = { ...process.env, DQO_E2E_REPORT: output };
		const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
		if (!existsSync(output)) return failed(`playwright wrote no report (exit code ${status})`);
		return countJourneys(JSON.parse(readFileSync(output, "utf8")), status ?? 1);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function failed(failure: string): Count {
	return { passed: 0, failed: 1, skipped: 0, failures: [failure] };
}
