import { z } from "zod";

/** The part of vitest's JSON report that is counted. */
const reportSchema = z.object({
	success: z.boolean(),
	testResults: z.array(
		z.object({
			name: z.string(),
			status: z.string(),
			message: z.string(),
			assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
		}),
	),
});

export interface Count {
	passed: number;
	failed: number;
	skipped: number;
	/** What failed, one line each. */
	failures: string[];
}

/**
 * Counts a vitest report. A file that fails without a failed test in it (it did not load, or died in a hook) is a
 * failure, and so is a run that ended unsuccessfully for any other reason; vitest's own counts miss both.
 */
export function countReport(json: unknown, exitCode: number): Count {
	const report = reportSchema.parse(json);
	const count: Count = { passed: 0, failed: 0, skipped: 0, failures: [] };
	for (const file of report.testResults) {
		const failedTests = file.assertionResults.filter((test) => test.status === "failed");
		count.passed += file.assertionResults.filter((test) => test.status === "passed").length;
		count.skipped += file.assertionResults.length - failedTests.length;
		count.failures.push(...failedTests.map((test) => `${file.name}: ${test.fullName}`));
		if (file.status === "failed" && failedTests.length === 0) {
			count.failures.push(`${file.name} failed as a whole: ${file.message.split("\n")[0]}`);
		}
	}
	count.skipped -= count.passed;
	if (count.failures.length === 0 && (exitCode !== 0 || !report.success)) {
		count.failures.push(`vitest ended with exit code ${exitCode} though no test failed`);
	}
	count.failed = count.failures.length;
	return count;
}

/** `12 passed, 0 failed`, and the skipped where there are any. */
export function countLine({ passed, failed, skipped }: Count): string {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
