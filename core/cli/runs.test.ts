import { join } from "node:path";
import { expect, it } from "vitest";
import { resolveRunConfig } from "../contract/resolve.ts";
import { EventLog } from "../engine/event-log.ts";
import { takeRunLock } from "../store/run-lock.ts";
import { RunStore } from "../store/run-store.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { runs } from "./commands/runs.ts";
import { Reporter } from "./reporter.ts";

it("tells a run in progress from one whose process died", async () => {
	const root = temporaryFolder();
	const store = RunStore.create(root, "first", resolveRunConfig({ modelDir: "/m", dataPath: "/d" }));
	const log = new EventLog(store.logPath("events"));
	log.append({ type: "phase", phase: "load" });
	const stateNow = async () => {
		const context = { reporter: new Reporter({ write: () => {} }), onInterrupt: () => () => {} };
		const { json } = await runs.run({ values: {}, positional: root }, context);
		return (json as { runs: { id: string; state: string }[] }).runs;
	};
	expect(await stateNow()).toMatchObject([{ id: "first", state: "unfinished" }]);
	const unlock = takeRunLock(join(root, "first"));
	expect(await stateNow()).toMatchObject([{ id: "first", state: "running" }]);
	unlock();
	expect(await stateNow()).toMatchObject([{ id: "first", state: "unfinished" }]);
});
