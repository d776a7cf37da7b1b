import type { JobTable } from "../../contract/job.ts";
import { jobResultSchemas } from "../../contract/jobs.ts";

/** Jobs for the table of a test's host that no test of it asks for. */
export const unusedJobs = Object.fromEntries(
	Object.keys(jobResultSchemas).map((kind) => [
		kind,
		async () => {
			throw new Error(`No test of this host asks for ${kind}.`);
		},
	]),
) as unknown as JobTable;
