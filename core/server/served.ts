import type { Hub } from "../app/hub.ts";
import type { WatchRun } from "../app/window.ts";
import type { ApiHandlers } from "../contract/api.ts";
import type { UploadPlaces } from "./upload.ts";

/** What stands behind the server; the app's studio is one. */
export interface Served {
	readonly handlers: ApiHandlers;
	readonly hub: Hub;
	readonly watchRun: WatchRun;
	readonly uploads: UploadPlaces;
}
