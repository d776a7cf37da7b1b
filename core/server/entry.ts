import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Links that may wait for their first use; an older one is forgotten when a new one is made. */
const MAX_OPEN_LINKS = 8;
/** Browsers let in at a time; the one that was let in first has to use a new link. */
const MAX_SESSIONS = 64;

/**
 * Who may come in: a link's token works once and gives the browser a session, which it shows as a cookie from then on.
 * Kept in memory only, as digests, so that a new start shuts everybody out.
 */
export class Entry {
	readonly #cookieName: string;
	#tokens: Buffer[] = [];
	#sessions: Buffer[] = [];

	/** Cookies do not tell ports apart, so two servers on one computer need two names. */
	constructor(port: number) {
		this.#cookieName = `dqo-session-${port}`;
	}

	newToken(): string {
		const token = secret();
		this.#tokens = [...this.#tokens, digest(token)].slice(-MAX_OPEN_LINKS);
		return token;
	}

	/** The `Set-Cookie` header for a token's first use; null when it was used before or never given out. */
	redeem(token: string): string | null {
		const wanted = digest(token);
		const left = this.#tokens.filter((open) => !timingSafeEqual(open, wanted));
		if (left.length === this.#tokens.length) return null;
		this.#tokens = left;
		const session = secret();
		this.#sessions = [...this.#sessions, digest(session)].slice(-MAX_SESSIONS);
		return `${this.#cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`;
	}

	/** Whether a request's `Cookie` header carries a session. */
	admits(cookieHeader: string | undefined): boolean {
		for (const part of (cookieHeader ?? "").split(";")) {
			const [name, value = ""] = part.trim().split("=", 2);
			if (name !== this.#cookieName) continue;
			const shown = digest(value);
			if (this.#sessions.some((session) => timingSafeEqual(session, shown))) return true;
		}
		return false;
	}
}

function secret(): string {
	return randomBytes(32).toString("base64url");
}

/** Of one length whatever came in, so that comparing takes the same time. */
function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
