import { securityHeaders } from "../core/server/headers.ts";
import { StaticFiles } from "../core/server/static-files.ts";
import { decideNavigation } from "./navigation.ts";

/** Answers the page's own requests, with the files and the headers that the server gives to browsers. */
export function pageHandler(pageDir: string): (request: Request) => Promise<Response> {
	const files = new StaticFiles(pageDir);
	return async (request) => {
		const headers = securityHeaders();
		if (request.method !== "GET" || decideNavigation(request.url) !== "inside") {
			return new Response("Refused", { status: 403, headers });
		}
		const file = await files.read(new URL(request.url).pathname);
		return file === null
			? new Response("Nothing here", { status: 404, headers })
			: new Response(new Uint8Array(file.body), { headers: { ...headers, ...file.headers } });
	};
}
