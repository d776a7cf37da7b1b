import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Failure, toFailure } from "../contract/error-body.ts";
import { AppError } from "../contract/errors.ts";
import { Addresses } from "./addresses.ts";
import { Entry } from "./entry.ts";
import { securityHeaders } from "./headers.ts";
import { NOT_BUILT_PAGE, NOT_FOUND_PAGE, REFUSED_PAGE } from "./pages.ts";
import type { Served } from "./served.ts";
import { type SocketLimits, Sockets } from "./sockets.ts";
import { StaticFiles } from "./static-files.ts";
import { receiveUpload, removeBrokenUploads } from "./upload.ts";

/** How long what a refused request still sends is read, so that its sender gets to see the answer. */
const DRAIN_MS = 3000;

export interface ServerOptions {
	readonly served: Served;
	/** Folder of the built page. */
	readonly pageDir: string;
	/** 0 takes any that is free. */
	readonly port: number;
	/** Hosts beside this computer's own names, for a tunnel or a proxy. */
	readonly hostNames?: readonly string[];
	readonly limits?: Partial<SocketLimits>;
	/** Disk space that uploads must leave, in bytes. */
	readonly keptFreeBytes?: number;
}

export interface StudioServer {
	readonly port: number;
	/** Where the page is, without a token. */
	readonly url: string;
	/** An address that lets one browser in, once. */
	newLink(): string;
	/** Windows that are connected. */
	windows(): number;
	close(): Promise<void>;
}

/**
 * Serves the app to browsers on this computer: the page, its WebSocket at `/ws`, and `PUT /upload?name=`.
 * @throws AppError `usage` when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<StudioServer> {
	removeBrokenUploads(options.served.uploads);
	// Uploads may take hours; the wait for their next byte is limited instead.
	const http = createServer({ requestTimeout: 0, headersTimeout: 20_000 });
	const port = await listen(http, options.port);
	const desk = new Desk(options, port);
	http.on("request", (request, response) => void desk.answer(request, response));
	http.on("upgrade", (request, socket, head) => desk.upgrade(request, socket, head));
	const url = `http://127.0.0.1:${port}/`;
	return {
		port,
		url,
		newLink: () => `${url}?token=${desk.entry.newToken()}`,
		windows: () => desk.sockets.count,
		close: () =>
			new Promise((resolve) => {
				desk.sockets.close();
				http.close(() => resolve());
				http.closeIdleConnections();
				setTimeout(() => http.closeAllConnections(), 1000).unref();
			}),
	};
}

/** Answers requests; every one passes the host check first. */
class Desk {
	readonly entry: Entry;
	readonly sockets: Sockets;
	readonly #options: ServerOptions;
	readonly #addresses: Addresses;
	readonly #page: StaticFiles;

	constructor(options: ServerOptions, port: number) {
		this.#options = options;
		this.entry = new Entry(port);
		this.sockets = new Sockets(options.served, options.limits);
		this.#addresses = new Addresses(port, options.hostNames);
		this.#page = new StaticFiles(options.pageDir);
	}

	async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const host = this.#addresses.host(request.headers.host);
		const headers = securityHeaders(host === null ? [] : this.#addresses.sockets(host));
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
		if (host === null)
			return text(request, response, 403, "Unknown host. Start with --host-name to allow it.\n");
		try {
			const { path, query } = target(request);
			if (path === "/upload") return await this.#upload(request, response, host, query);
			if (request.method !== "GET" && request.method !== "HEAD") {
				response.setHeader("Allow", "GET, HEAD");
				return text(request, response, 405, "Only GET and HEAD are answered here.\n");
			}
			const token = query.get("token");
			const admitted = this.entry.admits(request.headers.cookie);
			if (token !== null && path === "/") return this.#enter(request, response, token, admitted);
			if (path === "/session") return empty(response, admitted ? 204 : 401);
			if (!admitted) return html(response, 401, REFUSED_PAGE);
			await this.#file(request, response, path);
		} catch (error) {
			failure(request, response, 500, toFailure(error));
		}
	}

	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		socket.on("error", () => socket.destroy());
		const host = this.#addresses.host(request.headers.host);
		if (host === null || !this.#addresses.originMatches(request.headers.origin, host)) {
			refuse(socket, "403 Forbidden");
		} else if (!this.entry.admits(request.headers.cookie)) refuse(socket, "401 Unauthorized");
		else if (target(request).path !== "/ws") refuse(socket, "404 Not Found");
		else this.sockets.accept(request, socket, head);
	}

	#enter(request: IncomingMessage, response: ServerResponse, token: string, admitted: boolean): void {
		const toPage = (cookie: string | null) => {
			if (cookie !== null) response.setHeader("Set-Cookie", cookie);
			response.setHeader("Location", "/");
			empty(response, 303);
		};
		// A preview that only asks for the headers must not use the link up.
		if (request.method === "HEAD") empty(response, 204);
		else if (admitted) toPage(null);
		else {
			const cookie = this.entry.redeem(token);
			if (cookie === null) html(response, 401, REFUSED_PAGE);
			else toPage(cookie);
		}
	}

	async #file(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
		const file = await this.#page.read(path, request.headers["accept-encoding"]?.toString());
		if (file === null) {
			return path === "/" && !this.#page.built
				? html(response, 503, NOT_BUILT_PAGE)
				: html(response, 404, NOT_FOUND_PAGE);
		}
		response.writeHead(200, { ...file.headers, "Content-Length": file.body.byteLength });
		response.end(request.method === "HEAD" ? undefined : file.body);
	}

	async #upload(
		request: IncomingMessage,
		response: ServerResponse,
		host: string,
		query: URLSearchParams,
	): Promise<void> {
		if (!this.#addresses.originMatches(request.headers.origin, host)) {
			return text(request, response, 403, "Uploads come from the app's own page only.\n");
		}
		if (!this.entry.admits(request.headers.cookie)) return failure(request, response, 401, NOT_ADMITTED);
		if (request.method !== "PUT") {
			response.setHeader("Allow", "PUT");
			return text(request, response, 405, "Files are sent with PUT.\n");
		}
		try {
			const { served, keptFreeBytes } = this.#options;
			const path = await receiveUpload(request, query.get("name"), served.uploads, keptFreeBytes);
			json(response, 201, { path });
		} catch (error) {
			const status = !(error instanceof AppError) ? 500 : error.code === "disk-full" ? 507 : 400;
			failure(request, response, status, toFailure(error));
		}
	}
}

const NOT_ADMITTED: Failure = {
	kind: "expected",
	error: {
		code: "usage",
		message: "This browser is not let in.",
		hint: "Press Enter in the terminal where `dqo serve` runs, and open the link it prints.",
	},
};

function listen(http: Server, port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		http.once("error", (error: NodeJS.ErrnoException) => reject(portError(error, port)));
		http.listen(port, "127.0.0.1", () => {
			const address = http.address();
			if (address === null || typeof address === "string") reject(new Error("The server has no port."));
			else resolve(address.port);
		});
	});
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
	if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
	const why = error.code === "EADDRINUSE" ? "is in use" : "may not be used by this account";
	const hint = "Give another with --port, or leave it out to get one that is free.";
	return new AppError({ code: "usage", message: `Port ${port} ${why}.`, hint }, { cause: error });
}

/** The path is left encoded and as it came: what reads it decides what it may mean. */
function target(request: IncomingMessage): { path: string; query: URLSearchParams } {
	const url = request.url ?? "/";
	const at = url.indexOf("?");
	return at < 0
		? { path: url, query: new URLSearchParams() }
		: { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

function empty(response: ServerResponse, status: number): void {
	response.writeHead(status, { "Cache-Control": "no-store" });
	response.end();
}

function html(response: ServerResponse, status: number, body: string): void {
	send(response, status, "text/html; charset=utf-8", body);
}

function text(request: IncomingMessage, response: ServerResponse, status: number, body: string): void {
	send(response, status, "text/plain; charset=utf-8", body);
	drain(request);
}

function json(response: ServerResponse, status: number, body: unknown): void {
	send(response, status, "application/json; charset=utf-8", JSON.stringify(body));
}

function failure(request: IncomingMessage, response: ServerResponse, status: number, what: Failure): void {
	json(response, status, { failure: what });
	drain(request);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
	if (response.headersSent) return void response.destroy();
	response.writeHead(status, {
		"Content-Type": type,
		"Content-Length": Buffer.byteLength(body),
		"Cache-Control": "no-store",
	});
	response.end(body);
}

/** Lets a sender that is not done yet read the refusal before the connection goes. */
function drain(request: IncomingMessage): void {
	if (request.complete || request.destroyed) return;
	request.resume();
	const timer = setTimeout(() => request.destroy(), DRAIN_MS);
	request.once("close", () => clearTimeout(timer));
}

function refuse(socket: Duplex, status: string): void {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
