import { z } from "zod";
import type { Count } from "./count.ts";

/** The part of Playwright's JSON report that is counted; a file is a suite, and suites nest. */
const specSchema = z.object({
	title: z.string(),
	file: z.string(),
	tests: z.array(z.object({ projectName: z.string(), status: z.string() })),
});
const suiteSchema = z.object({
	specs: z.array(specSchema),
	get suites() {
		return z.array(suiteSchema).optional();
	},
});
const reportSchema = z.object({
	suites: z.array(suiteSchema),
	errors: z.array(z.object({ message: z.string().optional() })),
});

/**
 * Counts a Playwright report. A file that does not load is an error outside of every test, and counts as a failure, as
 * does a run without one journey.
 */
export function countJourneys(json: unknown, exitCode: number): Count {
	const report = reportSchema.parse(json);
	const count: Count = { passed: 0, failed: 0, skipped: 0, failures: [] };
	for (const error of report.errors)
		count.failures.push(`journeys: ${error.message?.split("\n")[0] ?? "error"}`);
	for (const spec of report.suites.flatMap(specsOf)) {
		for (const { projectName, status } of spec.tests) {
			if (status === "skipped") count.skipped++;
			else if (status === "expected") count.passed++;
			else count.failures.push(`journey in ${projectName}: ${spec.file}: ${spec.title}`);
		}
	}
	if (count.failures.length === 0 && (exitCode !== 0 || count.passed + count.skipped === 0)) {
		count.failures.push(`playwright ended with exit code ${exitCode} and ${count.passed} journeys passed`);
	}
	count.failed = count.failures.length;
	return count;
}

function specsOf(suite: z.infer<typeof suiteSchema>): z.infer<typeof specSchema>[] {
	return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}
