import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EventBody, eventBodySchema } from "../../contract/events.ts";
import type { JobContext } from "../../contract/job.ts";
import { type TrainResult, trainResultSchema } from "../../contract/jobs.ts";
import type { RunConfigInput } from "../../contract/resolve.ts";
import type { RunConfig } from "../../contract/run.ts";
import { writeTinyModel } from "../../models/testing/tiny-model.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { trainJob } from "../job.ts";
import { tinyConfig } from "./tiny.ts";

export type EventOf<T extends EventBody["type"]> = Extract<EventBody, { type: T }>;

/** What a host may be asked to do, given the events so far. */
export interface Wishes {
	readonly stop?: (events: readonly EventBody[]) => boolean;
	readonly checkpoint?: (events: readonly EventBody[]) => boolean;
}

/** A job's context that keeps the events, each checked by its schema. */
export function recordingContext(wishes: Wishes = {}): JobContext & { readonly events: EventBody[] } {
	const events: EventBody[] = [];
	let written = false;
	return {
		events,
		emit: (event) => {
			events.push(eventBodySchema.parse(event));
		},
		stopRequested: () => wishes.stop?.(events) ?? false,
		takeCheckpointRequested: () => {
			if (written || !wishes.checkpoint?.(events)) return false;
			written = true;
			return true;
		},
		paused: async () => {},
		yieldToEventLoop: async () => {},
	};
}

export interface Workplace {
	readonly root: string;
	readonly modelDir: string;
	readonly dataPath: string;
	/** The same responses as preference pairs. */
	readonly pairsPath: string;
}

/** A folder with a tiny model and nine prompts, each with a right and a wrong response; also as pairs. */
export function workplace(): Workplace {
	const root = temporaryFolder();
	const [dataPath, pairsPath] = [join(root, "data.jsonl"), join(root, "pairs.jsonl")];
	const write = (path: string, lines: readonly unknown[]) =>
		writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	const rows = Array.from({ length: 9 }, (_, i) =>
		[true, false].map((label) => ({
			prompt: `Ben has ${i} coins. He finds 2 coins. How many coins does Ben have now?`,
			response: `${i}+2=${i + (label ? 2 : 3)}\n#### ${i + (label ? 2 : 3)}`,
			reference: `${i}+2=${i + 2}\n#### ${i + 2}`,
			label,
		})),
	);
	write(dataPath, rows.flat());
	write(
		pairsPath,
		rows.map(([right, wrong]) => ({
			prompt: right?.prompt,
			chosen: right?.response,
			rejected: wrong?.response,
			reference: right?.reference,
		})),
	);
	return { root, modelDir: writeTinyModel(join(root, "model")), dataPath, pairsPath };
}

/** Three epochs of three steps, one of them for the value function alone; evaluated after every third step. */
export function jobConfig(place: Workplace, input: RunConfigInput = {}): RunConfig {
	return tinyConfig({
		modelDir: place.modelDir,
		dataPath: input.method === "dpo" ? place.pairsPath : place.dataPath,
		split: { validation: 1 / 3 },
		globalBatch: 4,
		epochs: 2,
		valueWarmupEpochs: 1,
		microTokens: 60,
		evalEverySteps: 3,
		checkpointEverySteps: 0,
		maxResponseTokens: 16,
		...input,
	});
}

export interface Ran {
	readonly runDir: string;
	readonly result: TrainResult;
	readonly events: readonly EventBody[];
}

/** Trains or continues the run `name`. */
export async function train(
	place: Workplace,
	name: string,
	config: RunConfig,
	{ resume = false, ...wishes }: Wishes & { resume?: boolean } = {},
): Promise<Ran> {
	const runDir = join(place.root, "runs", name);
	const context = recordingContext(wishes);
	const result = await trainJob({ kind: "train", runDir, config, resume }, context);
	return { runDir, result: trainResultSchema.parse(result), events: context.events };
}

export function ofType<T extends EventBody["type"]>(events: readonly EventBody[], type: T): EventOf<T>[] {
	return events.filter((event): event is EventOf<T> => event.type === type);
}

/** Lines of one of a run's logs. */
export function logLines(runDir: string, log: "metrics" | "samples"): Record<string, unknown>[] {
	const text = readFileSync(join(runDir, `${log}.jsonl`), "utf8");
	return text
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
}
