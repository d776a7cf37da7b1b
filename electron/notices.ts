import type { Push } from "../core/contract/api.ts";

export interface Notice {
	readonly title: string;
	readonly body: string;
	/** Where a click leads; null shows the window as it is. */
	readonly route: string | null;
}

/** The system notification for what the program told, if it is one to show: the page itself shows it while in front. */
export function noticeFor(push: Push, situation: { inFront: boolean; notify: boolean }): Notice | null {
	if (push.type !== "notice" || situation.inFront || !situation.notify) return null;
	return { title: push.title, body: push.text, route: push.route };
}

/** Crashes of the page that are answered by loading it again, before the user is asked. */
const MAX_RELOADS = 3;
const WITHIN_MS = 60_000;

/** Decides whether a page that crashed is loaded again by itself; one that keeps crashing is not. */
export class CrashGuard {
	#times: number[] = [];

	mayReload(now: number): boolean {
		this.#times = [...this.#times.filter((time) => now - time < WITHIN_MS), now];
		return this.#times.length <= MAX_RELOADS;
	}
}
