import { createHash } from "node:crypto";
import type { RunConfig } from "../contract/run.ts";
import type { Trajectory } from "./trajectories.ts";

/** Settings that may differ between a run and its continuation: they change what is kept or shown, not the trajectory. */
const FREE = [
	"schemaVersion",
	"modelDir",
	"dataPath",
	"columns",
	"invalidRows",
	"validationPath",
	"validationColumns",
	"task",
	"maxSteps",
	"evalEverySteps",
	"evalLimit",
	"checkpointEverySteps",
	"keepCheckpoints",
	"microTokens",
	"sharePrompts",
	"recompute",
	"threads",
	"provider",
] as const satisfies readonly (keyof RunConfig)[];

/** Hash of everything that determines a run's trajectory: the model, the encoded data in order, and the settings. */
export function runFingerprint(
	config: RunConfig,
	modelHash: string,
	trajectories: readonly Trajectory[],
): string {
	const settings = Object.entries(config)
		.filter(([name]) => !(FREE as readonly string[]).includes(name))
		// Runs of before there was a choice are in float32 too.
		.filter(([name, value]) => name !== "precision" || value !== "f32")
		.sort(([a], [b]) => (a < b ? -1 : 1));
	const hash = createHash("sha256").update(JSON.stringify([settings, modelHash]));
	for (const { promptKey, prompt, response, rewards, correct, behaviour } of trajectories) {
		const scores = [[...rewards], correct, behaviour && [...behaviour]];
		hash.update(JSON.stringify([promptKey, prompt, response, ...scores]));
	}
	return hash.digest("hex");
}
