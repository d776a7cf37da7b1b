/** Names of this computer that no foreign page can point at another address. */
const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"] as const;

/**
 * Decides which `Host` and `Origin` a request may carry. A page of another site can make the browser send requests here,
 * and can even give its own name our address (DNS rebinding); neither header can then be one of ours.
 */
export class Addresses {
	readonly #hosts: ReadonlySet<string>;
	readonly #named: ReadonlySet<string>;

	/** `names` are further hosts, with or without a port, for a tunnel or a proxy that keeps its own name. */
	constructor(port: number, names: readonly string[] = []) {
		this.#hosts = new Set(LOOPBACK_NAMES.map((name) => `${name}:${port}`));
		this.#named = new Set(
			names.flatMap((name) => {
				const host = name.toLowerCase();
				return /:\d+$/.test(host) ? [host] : [host, `${host}:${port}`];
			}),
		);
	}

	/** The request's host in lower case, or null when it is none of ours. */
	host(header: string | undefined): string | null {
		const host = header?.toLowerCase() ?? "";
		return this.#hosts.has(host) || this.#named.has(host) ? host : null;
	}

	/** Whether a page at `origin` is this very server's, seen through the same host as the request. */
	originMatches(origin: string | undefined, host: string): boolean {
		if (origin === `http://${host}`) return true;
		// A named host may stand behind a proxy that speaks TLS.
		return this.#named.has(host) && origin === `https://${host}`;
	}

	/** What the page may open a socket to, for the content security policy. */
	sockets(host: string): string[] {
		return this.#named.has(host) ? [`ws://${host}`, `wss://${host}`] : [`ws://${host}`];
	}
}
