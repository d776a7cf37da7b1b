import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunDetail } from "../../contract/api-runs.ts";
import { AppError } from "../../contract/errors.ts";
import { CheckpointStore } from "../../store/checkpoints.ts";
import type { RunEntry } from "./entry.ts";
import type { RunService } from "./service.ts";

export async function runDetail(runs: RunService, id: string): Promise<RunDetail> {
	const entry = await runs.read(id);
	return {
		summary: runs.summary(id),
		dir: entry.dir,
		config: entry.config === null ? null : { ...entry.config, ...entry.app.changed },
		checkpoints: await checkpointsOf(entry),
		lastSeq: entry.reader.digest.lastSeq,
	};
}

async function checkpointsOf(entry: RunEntry): Promise<RunDetail["checkpoints"]> {
	const store = new CheckpointStore(join(entry.dir, "checkpoints"));
	const best = bestStep(store);
	const found = store.list().map(async ({ step, dir }) => {
		try {
			const { bytes, newest } = await sizeOf(dir);
			return [{ step, best: step === best, bytes, savedAt: newest }];
		} catch (error) {
			// The engine may have let go of it in this very moment.
			if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
			throw error;
		}
	});
	return (await Promise.all(found)).flat();
}

function bestStep(store: CheckpointStore): number | null {
	try {
		return store.best()?.step ?? null;
	} catch (error) {
		if (error instanceof AppError) return null;
		throw error;
	}
}

async function sizeOf(dir: string): Promise<{ bytes: number; newest: number }> {
	const files = await Promise.all((await readdir(dir)).map((name) => stat(join(dir, name))));
	return {
		bytes: files.reduce((sum, { size }) => sum + size, 0),
		newest: Math.max(0, ...files.map(({ mtimeMs }) => mtimeMs)),
	};
}
