import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type EvaluateResult, evaluateResultSchema } from "../contract/jobs.ts";
import {
	SWEEP_SCHEMA_VERSION,
	type SweepEvent,
	type SweepPlan,
	type SweepResult,
	sweepPlanSchema,
	sweepResultSchema,
} from "../contract/sweep.ts";
import { JsonLinesWriter } from "../store/json-lines.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../store/versioned.ts";

const format = <T>(what: string, schema: z.ZodType<T>): VersionedFormat<T> => ({
	what,
	version: SWEEP_SCHEMA_VERSION,
	schema,
	migrations: {},
});
const PLAN = format<SweepPlan>("sweep", sweepPlanSchema);
const RESULT = format<SweepResult>("leaderboard", sweepResultSchema);
const testSchema = z.strictObject({
	schemaVersion: z.literal(SWEEP_SCHEMA_VERSION),
	trial: z.string(),
	result: evaluateResultSchema,
});
const TEST = format<z.infer<typeof testSchema>>("test result", testSchema);

/**
 * One sweep's folder: `sweep.json` (the plan), `trials/` (a run each), `sweep-events.jsonl`, `leaderboard.json`, and
 * `test.json` once the best run was tested.
 */
export class SweepStore {
	readonly dir: string;
	readonly trialsDir: string;
	private events: JsonLinesWriter | null = null;

	constructor(dir: string) {
		this.dir = dir;
		this.trialsDir = join(dir, "trials");
	}

	/** The plan, or null where no sweep was begun. Throws `file-corrupt`. */
	readPlan(): SweepPlan | null {
		return existsSync(this.path("sweep")) ? readVersioned(this.path("sweep"), PLAN) : null;
	}

	writePlan(plan: SweepPlan): void {
		writeVersioned(this.path("sweep"), PLAN, plan);
	}

	append(event: SweepEvent): void {
		this.events ??= new JsonLinesWriter(join(this.dir, "sweep-events.jsonl"));
		this.events.append({ time: new Date().toISOString(), ...event });
	}

	writeResult(result: SweepResult): void {
		writeVersioned(this.path("leaderboard"), RESULT, result);
	}

	/** The test of this trial, when it was made already. */
	readTest(trial: string): EvaluateResult | null {
		if (!existsSync(this.path("test"))) return null;
		const test = readVersioned(this.path("test"), TEST);
		return test.trial === trial ? test.result : null;
	}

	writeTest(trial: string, result: EvaluateResult): void {
		writeVersioned(this.path("test"), TEST, { schemaVersion: SWEEP_SCHEMA_VERSION, trial, result });
	}

	close(): void {
		this.events?.close();
		this.events = null;
	}

	private path(name: "sweep" | "leaderboard" | "test"): string {
		return join(this.dir, `${name}.json`);
	}
}
