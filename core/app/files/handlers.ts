import { existsSync } from "node:fs";
import type { appApi } from "../../contract/api-app.ts";
import type { HandlersOf } from "../../contract/api-method.ts";
import { AppError } from "../../contract/errors.ts";
import type { ShellHooks } from "../context.ts";
import type { Places } from "../places.ts";
import { browse } from "./browse.ts";

type Own = "files.browse" | "files.pick" | "files.reveal";

/** Listing folders here, dialogs and the file manager where the shell has them. */
export function createFilesHandlers(places: Places, hooks: ShellHooks): Pick<HandlersOf<typeof appApi>, Own> {
	return {
		"files.browse": async (input) => browse(places, input),
		"files.pick": async ({ what, title }) => {
			if (hooks.pick === null)
				throw inBrowser("A browser has no dialog of the system.", "Choose from the list of folders.");
			return { paths: await hooks.pick(what, title) };
		},
		"files.reveal": async ({ path }) => {
			const target = places.check(path);
			if (hooks.reveal === null)
				throw inBrowser("A browser cannot show the file manager.", `The file is ${target}.`);
			if (!existsSync(target)) {
				const hint = "It was moved or deleted since.";
				throw new AppError({ code: "file-missing", message: `${target} does not exist.`, hint });
			}
			await hooks.reveal(target);
			return {};
		},
	};
}

function inBrowser(message: string, hint: string): AppError {
	return new AppError({ code: "usage", message, hint });
}
