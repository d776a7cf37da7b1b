import { defineConfig } from "playwright/test";
import { type ShellName, shells } from "./drivers/shells.ts";

/** The journeys, in each shell that this machine can open. */
export default defineConfig<{ shell: ShellName }>({
	testDir: "journeys",
	outputDir: "../test-results/e2e",
	// A journey trains: two at a time would only take each other's cores.
	workers: 1,
	fullyParallel: false,
	timeout: 240_000,
	expect: { timeout: 15_000 },
	reporter: [
		["list"],
		...(process.env.DQO_E2E_REPORT ? [["json", { outputFile: process.env.DQO_E2E_REPORT }] as const] : []),
	],
	use: { trace: "retain-on-failure", screenshot: "only-on-failure" },
	projects: shells().map((shell) => ({
		name: shell,
		use: { shell },
		// The page is the same in both: the desktop's window shows that it opens, trains and closes.
		...(shell === "electron" ? { testMatch: "quick-start.spec.ts" } : {}),
	})),
});
