import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Push } from "../../contract/api.ts";
import { settingsSchema } from "../../contract/api-app.ts";
import type { DataEntry } from "../../contract/api-data.ts";
import type { ModelEntry } from "../../contract/api-models.ts";
import { type Draft, draftSchema } from "../../contract/api-runs.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import type { AppContext, DataLookup, ModelLookup } from "../context.ts";
import { Hub } from "../hub.ts";
import { Places } from "../places.ts";

export const starter = (path: string) =>
	fileURLToPath(new URL(`../../../resources/starter/${path}`, import.meta.url));

/** Scored responses to the starter's first training problems: one right and one wrong for each. */
export function writeScored(path: string, problems: number): void {
	const lines = readFileSync(starter("data/train.jsonl"), "utf8").trim().split("\n").slice(0, problems);
	const rows = lines.flatMap((line) => {
		const { question, answer } = JSON.parse(line) as { question: string; answer: string };
		const row = { prompt: question, completion: answer, reference: answer, label: true };
		return [row, { ...row, completion: `${answer}0`, label: false }];
	});
	writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** A data folder with real files in it; ids of data sets are their paths, the starter is the only model. */
export function appFolder(dataDir = temporaryFolder()) {
	const hub = new Hub();
	const pushes: Push[] = [];
	hub.subscribe((push) => pushes.push(push));
	const settings = settingsSchema.parse({ threads: 1 });
	const context: AppContext = {
		dataDir,
		hub,
		places: new Places([]),
		hooks: { shell: "browser", pick: null, reveal: null },
		engine: {},
		settings: () => settings,
	};
	const made: string[] = [];
	const data: DataLookup = {
		entry: dataEntry,
		register: ({ path }) => {
			made.push(path);
			return path;
		},
	};
	const models: ModelLookup = { resolve: () => starterEntry };
	return { dataDir, hub, pushes, context, data, models, made };
}

/** A draft that trains the starter for a few small steps. */
export function smallDraft(dataDir: string, fields: Record<string, unknown> = {}): Draft {
	const path = join(dataDir, "scored.jsonl");
	writeScored(path, 32);
	return draftSchema.parse({
		name: null,
		modelId: "starter",
		dataId: path,
		validationDataId: starter("data/validation.jsonl"),
		fields: {
			adapter: { type: "lora", rank: 2 },
			valueWarmupEpochs: 0.5,
			epochs: 2,
			globalBatch: 8,
			evalEverySteps: 4,
			evalLimit: 8,
			checkpointEverySteps: 2,
			maxResponseTokens: 64,
			...fields,
		},
		space: {},
		search: { method: "grid", trials: null, minSteps: null },
	});
}

function dataEntry(path: string): DataEntry {
	return {
		id: path,
		name: basename(path),
		path,
		bytes: 1,
		format: "jsonl",
		kind: "scored",
		columns: {},
		addedAt: 1,
		origin: "added",
		state: "ready",
		progress: null,
		secondsLeft: null,
		rows: 1,
		usableRows: 1,
		errors: 0,
		warnings: 0,
		failure: null,
	};
}

const starterEntry: ModelEntry = {
	id: "starter",
	name: "Starter",
	path: starter("model"),
	builtIn: true,
	state: "ready",
	refusal: null,
	family: "llama",
	parameters: 1,
	dtype: "F32",
	contextLength: 256,
	vocabSize: 512,
	layers: 4,
	hiddenSize: 128,
	heads: 4,
	keyValueHeads: 4,
	tiedEmbeddings: true,
	bytes: 1,
	loraMemoryBytes: null,
	smaller: null,
	fits: null,
	hasChatTemplate: false,
};
