import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AppError } from "../contract/errors.ts";
import type { EventBody } from "../contract/events.ts";
import { GraphSession } from "../runtime/session.ts";
import type { Feed } from "../runtime/tensors.ts";
import { jobConfig, ofType, type Ran, train, type Workplace, workplace } from "./testing/job.ts";

/** Padded tokens that fit; a step has more, so its micro-batches are halved. */
const FITS = 60;
const SETTING = 4096;
const STATE = "checkpoints/step-000004/state.json";

let place: Workplace;
/** Micro-batches that did not fit. */
let refused = 0;

beforeEach(() => {
	place = workplace();
	refused = 0;
	const run = GraphSession.prototype.run;
	vi.spyOn(GraphSession.prototype, "run").mockImplementation(async function (
		this: GraphSession,
		feeds,
		fetches,
	) {
		if (tokensOf(feeds) <= FITS) return run.call(this, feeds, fetches);
		refused++;
		throw new AppError({ code: "out-of-memory", message: "Too much.", hint: "Less." });
	});
});
afterEach(() => void vi.restoreAllMocks());

/** Of a micro-batch of a step; 0 of what generates. */
function tokensOf(feeds: Readonly<Record<string, Feed>>): number {
	const [P, K, T] = feeds.targets?.shape ?? [0, 0, 0];
	return (P as number) * ((feeds.prompt_ids?.shape[1] ?? 0) + (K as number) * (T as number));
}

const stopAt4 = { stop: (events: readonly EventBody[]) => ofType(events, "step").length >= 4 };
const config = (microTokens = SETTING) => jobConfig(place, { microTokens, task: null });
const halvings = ({ events }: Ran) =>
	ofType(events, "micro-batch-halved").map(({ from, microTokens }) => [from, microTokens]);

it("a run that is resumed begins with the micro-batches that fitted", async () => {
	const stopped = await train(place, "short", config(), stopAt4);
	expect(refused).toBeGreaterThan(0);
	const fitting = halvings(stopped).at(-1)?.[1] as number;
	const kept = JSON.parse(readFileSync(join(stopped.runDir, STATE), "utf8")).state;
	expect(kept).toMatchObject({ schemaVersion: 4, halved: { setting: SETTING, microTokens: fitting } });

	refused = 0;
	const resumed = await train(place, "short", config(), { resume: true });
	expect(resumed.result.steps).toBe(9);
	expect(refused).toBe(0);
	// Said anew, since whoever reads the log of this start should know why it is slower.
	expect(halvings(resumed)).toEqual([[SETTING, fitting]]);
});

it("another setting is tried as it stands, and a checkpoint of before is read", async () => {
	const { runDir } = await train(place, "changed", config(), stopAt4);
	refused = 0;
	const changed = await train(place, "changed", config(5000), { resume: true, ...stopAt4 });
	expect(halvings(changed)[0]?.[0]).toBe(5000);
	expect(refused).toBeGreaterThan(0);

	await train(place, "older", config(), stopAt4);
	const path = join(runDir, "..", "older", STATE);
	const file = JSON.parse(readFileSync(path, "utf8"));
	const { halved: _, ...state } = file.state;
	writeFileSync(path, JSON.stringify({ ...file, state: { ...state, schemaVersion: 3 } }));
	refused = 0;
	const older = await train(place, "older", config(), { resume: true });
	expect(older.result.steps).toBe(9);
	expect(refused).toBeGreaterThan(0);
});
