/** The page's own address: a scheme of our own, so that it is neither a file nor a server. */
const APP_ORIGIN = "app://studio";
export const APP_URL = `${APP_ORIGIN}/`;

/** What to do when the page wants to go somewhere: stay within the app, ask before a browser opens it, or nothing. */
export function decideNavigation(target: string): "inside" | "ask" | "refuse" {
	const url = parse(target);
	if (url === null) return "refuse";
	if (isOwn(url)) return "inside";
	// Anything but the web could start a program of the system.
	return url.protocol === "https:" && url.username === "" && url.password === "" ? "ask" : "refuse";
}

/** Whether a message's sender is the app's own page, in its own window's main frame. */
export function isOwnFrame(frame: { readonly url: string; readonly parent: unknown } | null): boolean {
	if (frame === null || frame.parent !== null) return false;
	const url = parse(frame.url);
	return url !== null && isOwn(url);
}

/** The address of a route such as `/runs/first`; null for what is no route. */
export function routeUrl(route: string): string | null {
	return route.startsWith("/") && !route.startsWith("//") ? `${APP_URL}#${route}` : null;
}

function isOwn(url: URL): boolean {
	return url.protocol === "app:" && url.host === "studio";
}

function parse(text: string): URL | null {
	return URL.canParse(text) ? new URL(text) : null;
}
