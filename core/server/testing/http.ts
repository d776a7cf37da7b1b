import { type IncomingHttpHeaders, request } from "node:http";
import { WebSocket } from "ws";
import type { StudioServer } from "../server.ts";

export interface Reply {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	readonly text: string;
}

interface Ask {
	readonly method?: string;
	readonly headers?: Record<string, string>;
	readonly body?: Buffer | string;
	/** Called with the request once the head is sent, to break off or to dawdle. */
	readonly during?: (end: () => void) => void;
}

/** One request as an attacker would write it: the path goes out exactly as given. */
export function ask(
	server: StudioServer,
	path: string,
	{ method = "GET", headers = {}, body, during }: Ask = {},
) {
	return new Promise<Reply>((resolve, reject) => {
		const outgoing = request(
			{ host: "127.0.0.1", port: server.port, path, method, headers, agent: false },
			(response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("error", reject);
				response.on("end", () => {
					const whole = Buffer.concat(chunks);
					const { statusCode = 0, headers: got } = response;
					resolve({ status: statusCode, headers: got, body: whole, text: whole.toString() });
				});
			},
		);
		outgoing.on("error", reject);
		if (during === undefined) outgoing.end(body);
		else {
			outgoing.write(body ?? "");
			during(() => outgoing.destroy());
		}
	});
}

/** Uses a link as a browser does and gives back the cookie it was handed. */
export async function enter(server: StudioServer): Promise<string> {
	const link = new URL(server.newLink());
	const reply = await ask(server, link.pathname + link.search);
	const cookie = reply.headers["set-cookie"]?.[0]?.split(";")[0];
	if (reply.status !== 303 || cookie === undefined) throw new Error(`not let in: ${reply.status}`);
	return cookie;
}

/** Headers that the app's own page sends. */
export function pageHeaders(server: StudioServer, cookie: string): Record<string, string> {
	return { Cookie: cookie, Origin: `http://127.0.0.1:${server.port}` };
}

/** Opens a socket; resolves with it, or with the status of the refusal. */
export function connect(server: StudioServer, headers: Record<string, string>, path = "/ws") {
	return new Promise<WebSocket | number>((resolve) => {
		const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
		socket.on("open", () => resolve(socket));
		socket.on("unexpected-response", (_request, response) => {
			resolve(response.statusCode ?? 0);
			socket.terminate();
		});
		socket.on("error", () => {});
	});
}

/** The next message, parsed. */
export function nextMessage(socket: WebSocket): Promise<unknown> {
	return new Promise((resolve) => socket.once("message", (data) => resolve(JSON.parse(data.toString()))));
}
