import type { ApiHandlers } from "../contract/api.ts";
import type { RunState } from "../contract/api-runs.ts";

const AT_WORK: ReadonlySet<RunState> = new Set(["starting", "running", "stopping"]);

/** Names of the runs that train at this moment: closing the app would stop them. */
export async function runsAtWork(handlers: Pick<ApiHandlers, "runs.list">): Promise<string[]> {
	const { runs } = await handlers["runs.list"]({});
	return runs.filter((run) => AT_WORK.has(run.state)).map((run) => run.name);
}
