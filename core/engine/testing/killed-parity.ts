import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runHost } from "../host.ts";
import { unusedJobs } from "./unused-jobs.ts";

/** An engine for tests that is killed in the midst of a comparison, as one at its time limit. */
runHost({
	...unusedJobs,
	parity: async ({ scratchDir }) => {
		const path = join(scratchDir, "profile.json");
		writeFileSync(path, "[]");
		process.stderr.write(`wrote ${path}\n`, () => process.kill(process.pid, "SIGKILL"));
		return new Promise(() => {});
	},
});
