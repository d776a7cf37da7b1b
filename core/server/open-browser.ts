import { spawn } from "node:child_process";

/** The program that opens an address with the user's browser, or null where no screen is to be found. */
export function browserOpener(
	platform: NodeJS.Platform,
	env: NodeJS.ProcessEnv,
): readonly [command: string, ...args: string[]] | null {
	if (platform === "darwin") return ["open"];
	if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
	// Without a screen xdg-open would start a browser of text inside this terminal.
	return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open"] : null;
}

/** Opens an address with the user's browser; resolves with whether a program for it started. */
export function openBrowser(url: string): Promise<boolean> {
	const opener = browserOpener(process.platform, process.env);
	if (opener === null) return Promise.resolve(false);
	const [command, ...args] = opener;
	return new Promise((resolve) => {
		const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
		child.once("error", () => resolve(false));
		child.once("spawn", () => {
			child.unref();
			resolve(true);
		});
	});
}
