import { app, dialog, session, shell } from "electron";
import { decideNavigation } from "./navigation.ts";

/** The page may show itself and nothing else; it gets no permission but to copy text. */
export function guardPages(): void {
	const { defaultSession } = session;
	defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
		answer(permission === "clipboard-sanitized-write"),
	);
	defaultSession.setPermissionCheckHandler(
		(_contents, permission) => permission === "clipboard-sanitized-write",
	);
	app.on("web-contents-created", (_event, contents) => {
		contents.on("will-attach-webview", (event) => event.preventDefault());
		contents.on("will-navigate", (event) => {
			if (decideNavigation(event.url) !== "inside") event.preventDefault();
		});
		contents.on("will-redirect", (event) => event.preventDefault());
		contents.setWindowOpenHandler(({ url }) => {
			if (decideNavigation(url) === "ask") void offerLink(url);
			return { action: "deny" };
		});
	});
}

async function offerLink(url: string): Promise<void> {
	const { response } = await dialog.showMessageBox({
		type: "question",
		message: "Open this link in your browser?",
		detail: url,
		buttons: ["Open", "Cancel"],
		cancelId: 1,
		noLink: true,
	});
	if (response === 0) await shell.openExternal(url);
}
