import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { WindowSession } from "../app/window.ts";
import type { ToWindow } from "../contract/api.ts";
import type { Served } from "./served.ts";

/** A pasted data set is the largest thing that a window sends. */
const MAX_MESSAGE_BYTES = 32 * 1024 ** 2;
/** Above this much unsent, news of changed lists waits: the window can ask for a list once it has caught up. */
const SLOW_BYTES = 4 * 1024 ** 2;
/** Above this the window is let go: it comes back and asks for the events it has not seen. */
const STUCK_BYTES = 64 * 1024 ** 2;
const PING_MS = 20_000;

export interface SocketLimits {
	readonly maxMessageBytes: number;
	readonly slowBytes: number;
	readonly stuckBytes: number;
	readonly pingMs: number;
}

const LIMITS: SocketLimits = {
	maxMessageBytes: MAX_MESSAGE_BYTES,
	slowBytes: SLOW_BYTES,
	stuckBytes: STUCK_BYTES,
	pingMs: PING_MS,
};

type Changed = Extract<ToWindow, { type: "push" }> & { push: { type: "changed" } };

/** The windows that are connected by WebSocket. */
export class Sockets {
	readonly #served: Served;
	readonly #limits: SocketLimits;
	readonly #server: WebSocketServer;
	readonly #pings: NodeJS.Timeout;
	/** Sockets that have answered since the last ping. */
	readonly #alive = new WeakSet<WebSocket>();

	constructor(served: Served, limits: Partial<SocketLimits> = {}) {
		this.#served = served;
		this.#limits = { ...LIMITS, ...limits };
		this.#server = new WebSocketServer({ noServer: true, maxPayload: this.#limits.maxMessageBytes });
		this.#pings = setInterval(() => this.#ping(), this.#limits.pingMs);
		this.#pings.unref();
	}

	get count(): number {
		return this.#server.clients.size;
	}

	/** Takes over a connection that was let in. */
	accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		this.#server.handleUpgrade(request, socket, head, (client) => this.#open(client));
	}

	close(): void {
		clearInterval(this.#pings);
		for (const client of this.#server.clients) client.close(1001, "the server ends");
		this.#server.close();
	}

	#open(client: WebSocket): void {
		const { handlers, hub, watchRun } = this.#served;
		const window = new WindowSession({ handlers, hub, watchRun, send: sender(client, this.#limits) });
		this.#alive.add(client);
		client.on("pong", () => this.#alive.add(client));
		client.on("message", (data, isBinary) => {
			this.#alive.add(client);
			const message = isBinary ? undefined : parse(data.toString());
			if (message === undefined) client.close(1007, "not JSON");
			else void window.receive(message);
		});
		client.on("close", () => window.close());
		// A message over the limit and a broken connection end in `close`; there is nobody to tell.
		client.on("error", () => {});
	}

	#ping(): void {
		for (const client of this.#server.clients) {
			if (!this.#alive.delete(client)) client.terminate();
			else client.ping();
		}
	}
}

/**
 * Sends to one window at the speed it takes. Whatever is more than a hint that a list differs is always sent, in order;
 * such hints wait, once each, until the window has caught up.
 */
function sender(client: WebSocket, limits: SocketLimits): (message: ToWindow) => void {
	const waiting = new Map<string, Changed>();
	const send = (message: ToWindow) => {
		if (client.readyState !== client.OPEN) return;
		if (isChanged(message) && client.bufferedAmount > limits.slowBytes) {
			waiting.set(message.push.topic, message);
			return;
		}
		client.send(JSON.stringify(message), () => {
			if (waiting.size === 0 || client.bufferedAmount > limits.slowBytes) return;
			const messages = [...waiting.values()];
			waiting.clear();
			for (const one of messages) send(one);
		});
		if (client.bufferedAmount > limits.stuckBytes) client.terminate();
	};
	return send;
}

function isChanged(message: ToWindow): message is Changed {
	return message.type === "push" && message.push.type === "changed";
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
