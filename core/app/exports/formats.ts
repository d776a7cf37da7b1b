import { join } from "node:path";
import type { ApiInput, ApiOutput } from "../../contract/api.ts";
import { freeBytes } from "../../store/files.ts";
import type { AppContext } from "../context.ts";
import type { RunService } from "../runs/service.ts";
import type { Thread } from "../threads/thread.ts";

/** What a run's checkpoint can be exported as, how large that will be, and where there is room for it. */
export async function exportFormats(
	{ runId, checkpoint, parentDir }: ApiInput<"exports.formats">,
	{ dataDir, places }: AppContext,
	runs: RunService,
	thread: Thread,
): Promise<ApiOutput<"exports.formats">> {
	const { dir: runDir, config } = await runs.read(runId);
	const modelDir = config?.modelDir ?? "";
	return {
		formats: await thread.ask("describeExports", { runDir, modelDir, checkpoint }),
		freeBytes: freeBytes(parentDir === null ? dataDir : places.check(parentDir)),
		defaultDir: join(dataDir, "exports"),
	};
}
