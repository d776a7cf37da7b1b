import type { FromWindow, ToWindow } from "../../core/contract/api.ts";
import type { PageBridge } from "./client.ts";

/** Wait before the first try to connect again and the longest between two tries, milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

export interface SocketBridgeOptions {
	readonly open: () => WebSocket;
	/** Asked when a connection was refused: whether this browser is still let in. */
	readonly admitted: () => Promise<boolean>;
	readonly upload: PageBridge["pathOf"];
	readonly firstWaitMs?: number;
}

/** Carries messages over a WebSocket and connects again, ever more slowly, when it is lost. */
export class SocketBridge implements PageBridge {
	readonly pathOf: PageBridge["pathOf"];
	readonly #options: SocketBridgeOptions;
	readonly #messageListeners = new Set<(message: ToWindow) => void>();
	readonly #connectionListeners = new Set<(connected: boolean) => void>();
	readonly #refusedListeners = new Set<(refused: boolean) => void>();
	/** Calls made while there is no connection. */
	readonly #waiting: FromWindow[] = [];
	#socket: WebSocket;
	#connected = false;
	#tries = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	constructor(options: SocketBridgeOptions) {
		this.#options = options;
		this.pathOf = options.upload;
		this.#socket = this.#open();
	}

	get connected(): boolean {
		return this.#connected;
	}

	send(message: FromWindow): void {
		if (this.#connected) this.#socket.send(JSON.stringify(message));
		else this.#waiting.push(message);
	}

	onMessage(listener: (message: ToWindow) => void): () => void {
		this.#messageListeners.add(listener);
		return () => this.#messageListeners.delete(listener);
	}

	onConnection(listener: (connected: boolean) => void): () => void {
		this.#connectionListeners.add(listener);
		return () => this.#connectionListeners.delete(listener);
	}

	/** Told true when this browser needs a new link from the terminal, and false when it was let in again. */
	onRefused(listener: (refused: boolean) => void): () => void {
		this.#refusedListeners.add(listener);
		return () => this.#refusedListeners.delete(listener);
	}

	close(): void {
		this.#closed = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#socket.close();
	}

	#open(): WebSocket {
		const socket = this.#options.open();
		let opened = false;
		socket.onopen = () => {
			opened = true;
			this.#tries = 0;
			this.#connected = true;
			for (const message of this.#waiting.splice(0)) this.send(message);
			for (const listener of this.#refusedListeners) listener(false);
			for (const listener of this.#connectionListeners) listener(true);
		};
		socket.onmessage = ({ data }) => {
			// The page and the program are of one version, and every message is checked before it is sent.
			const message = JSON.parse(String(data)) as ToWindow;
			for (const listener of this.#messageListeners) listener(message);
		};
		// `close` follows and says all there is to say.
		socket.onerror = () => {};
		socket.onclose = () => {
			if (this.#closed) return;
			// The first try of all that fails is told, too: the page must not look as if it were only slow.
			const tell = this.#connected || this.#tries === 0;
			this.#connected = false;
			this.#again();
			if (tell) for (const listener of this.#connectionListeners) listener(false);
			if (!opened) void this.#ask();
		};
		return socket;
	}

	#again(): void {
		const first = this.#options.firstWaitMs ?? FIRST_WAIT_MS;
		const wait = Math.min(LONGEST_WAIT_MS, first * 2 ** this.#tries);
		this.#tries++;
		// A little chance keeps several windows from knocking all at once.
		this.#timer = setTimeout(
			() => {
				this.#socket = this.#open();
			},
			wait * (0.75 + Math.random() / 2),
		);
	}

	/** A browser does not tell a page why a socket was refused, so the question is asked apart. */
	async #ask(): Promise<void> {
		// Without an answer the program is not there, which is not a refusal.
		const admitted = await this.#options.admitted().catch(() => true);
		if (!admitted && !this.#connected) for (const listener of this.#refusedListeners) listener(true);
	}
}
