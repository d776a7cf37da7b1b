import { join } from "node:path";
import { app, dialog, protocol } from "electron";
import { AppError } from "../core/contract/errors.ts";
import { Desktop } from "./desktop.ts";
import { guardPages } from "./guard.ts";
import { Log } from "./log.ts";
import { pageHandler } from "./page.ts";

async function start(log: Log): Promise<void> {
	await app.whenReady();
	guardPages();
	protocol.handle("app", pageHandler(join(app.getAppPath(), "dist", "renderer")));
	new Desktop(log).show();
	log.write(`started ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform}`);
}

protocol.registerSchemesAsPrivileged([
	{ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
if (!app.requestSingleInstanceLock()) app.exit(0);
else {
	const log = new Log(app.getPath("logs"));
	process.on("uncaughtException", (error) => log.error("uncaught", error));
	process.on("unhandledRejection", (error) => log.error("unhandled", error));
	start(log).catch((error: unknown) => {
		log.error("start", error);
		const hint = error instanceof AppError ? `\n\n${error.hint}` : `\n\nThe log is ${log.path}.`;
		dialog.showErrorBox(
			"DQO Studio could not start",
			`${error instanceof Error ? error.message : error}${hint}`,
		);
		app.exit(1);
	});
}
