import type { Bridge } from "../../core/contract/api.ts";
import { ApiClient, type PageBridge } from "./client.ts";
import { SocketBridge } from "./socket-bridge.ts";
import { upload } from "./upload.ts";

declare global {
	interface Window {
		/** Put there by Electron's preload. */
		readonly dqo?: Bridge;
	}
}

/** Electron's own bridge where there is one, and else a WebSocket to the server that the page came from. */
export function createBridge(): PageBridge | SocketBridge {
	return (
		window.dqo ??
		new SocketBridge({
			open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`),
			admitted: async () => (await fetch("/session")).status !== 401,
			upload: (file, onProgress) => upload(file, onProgress),
		})
	);
}

const bridge = createBridge();
const client = new ApiClient(bridge);

/** Calls the program behind the window; rejects with ApiError. */
export const call: ApiClient["call"] = (method, input) => client.call(method, input);
/** Hears what the program tells every window; returns a function that ends it. */
export const onPush: ApiClient["onPush"] = (listener) => client.onPush(listener);
/** Hears when the connection goes and when it is back. Electron's never goes. */
export const onConnection: ApiClient["onConnection"] = (listener) => client.onConnection(listener);
/** Streams a run's events after a sequence number, each once and in order. */
export const watchRun: ApiClient["watchRun"] = (id, after, listener) => client.watchRun(id, after, listener);
/** Path of a dropped file for `data.add`: its own in Electron, that of the uploaded copy in a browser. */
export const pathOf: ApiClient["pathOf"] = (file, onProgress) => client.pathOf(file, onProgress);
/** Hears when this browser needs a new link from the terminal (true), and when it was let in again (false). */
export function onRefused(listener: (refused: boolean) => void): () => void {
	return bridge instanceof SocketBridge ? bridge.onRefused(listener) : () => {};
}

export { ApiError } from "./api-error.ts";
export { upload } from "./upload.ts";
export { pathOf as uploadFile };
