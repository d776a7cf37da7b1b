import { realpathSync } from "node:fs";
import { join } from "node:path";
import { Hub } from "../../app/hub.ts";
import { Places } from "../../app/places.ts";
import type { WatchRun } from "../../app/window.ts";
import { type ApiHandlers, api } from "../../contract/api.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import type { Served } from "../served.ts";

/** A small program behind the server: some calls that work, one of them with a path that it guards. */
export interface TestServed extends Served {
	readonly hub: Hub;
	readonly dir: string;
}

export function testServed(watchRun: WatchRun = () => () => {}): TestServed {
	const dir = realpathSync(temporaryFolder());
	const places = new Places([{ name: "data", path: dir }]);
	const importsDir = join(dir, "imports");
	const none = async () => {
		throw new Error("not part of this test");
	};
	const handlers = {
		...(Object.fromEntries(Object.keys(api).map((name) => [name, none])) as unknown as ApiHandlers),
		"settings.get": async () => api["settings.get"].output.parse({}),
		"data.add": async ({ paths }) => ({ ids: paths.map((path) => places.check(path)) }),
		"data.paste": async ({ text }) => ({ id: String(text.length) }),
	} satisfies ApiHandlers;
	return {
		dir,
		handlers,
		hub: new Hub(),
		watchRun,
		uploads: { importsDir, importTarget: (name) => join(importsDir, name) },
	};
}
