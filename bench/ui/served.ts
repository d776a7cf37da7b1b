import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Served, serve } from "../../e2e/drivers/open.ts";
import { buildWhenStale } from "../../tools/start/build.ts";

/** The built app as `dqo serve` serves it, on a data folder of its own, while `use` works with it; `dir` may be read by the page. */
export async function withServed<T>(use: (served: Served, dir: string) => Promise<T>): Promise<T> {
	const problem = buildWhenStale("page");
	if (problem !== null) throw new Error(problem);
	const dir = mkdtempSync(join(tmpdir(), "dqo-bench-ui-"));
	try {
		const served = await serve({ dataDir: join(dir, "data"), roots: [dir] });
		try {
			return await use(served, dir);
		} finally {
			await served.stop();
		}
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}
