import type { appApi } from "../../contract/api-app.ts";
import type { HandlersOf } from "../../contract/api-method.ts";
import type { Places } from "../places.ts";
import { browse } from "./browse.ts";

/** Listing folders; dialogs and the file manager belong to the shell. */
export function createFilesHandlers(places: Places): Pick<HandlersOf<typeof appApi>, "files.browse"> {
	return { "files.browse": async (input) => browse(places, input) };
}
