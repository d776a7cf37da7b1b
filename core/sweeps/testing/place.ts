import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "../../models/testing/tiny-model.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";

export interface Place {
	readonly root: string;
	/** Fields of every run: a tiny model, and data whose one answer is learnt or not as the settings allow. */
	readonly base: Record<string, unknown>;
	readonly testData: string;
}

/** A folder with a tiny model, training data and test data: every right response is the same. */
export function sweepPlace(): Place {
	const root = temporaryFolder();
	const row = (i: number, label: boolean) => {
		const response = label ? "#### 7" : "#### 8";
		return { prompt: `Ben has ${i} coins.`, response, reference: "#### 7", label };
	};
	const write = (name: string, from: number, to: number) => {
		const rows = Array.from({ length: to - from }, (_, i) => [row(from + i, true), row(from + i, false)]);
		const path = join(root, name);
		writeFileSync(
			path,
			rows
				.flat()
				.map((one) => `${JSON.stringify(one)}\n`)
				.join(""),
		);
		return path;
	};
	const base = {
		modelDir: writeTinyModel(join(root, "model")),
		dataPath: write("data.jsonl", 0, 12),
		adapter: { type: "full" },
		split: { validation: 1 / 3 },
		globalBatch: 8,
		epochs: 6,
		valueWarmupEpochs: 0,
		warmupSteps: 0,
		valueLr: 1e-2,
		maxResponseTokens: 8,
		evalEverySteps: 4,
		checkpointEverySteps: 2,
	};
	return { root, base, testData: write("test.jsonl", 100, 104) };
}
