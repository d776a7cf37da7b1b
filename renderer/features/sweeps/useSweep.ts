import { useEffect, useState } from "react";
import type { SweepDetail } from "../../../core/contract/api-sweeps.ts";
import { call, onConnection, onPush } from "../../api/index.ts";

/** While it trains a sweep is asked for anew this often at most. */
const REFETCH_MS = 1000;

export interface SweepLive {
	readonly detail: SweepDetail | null;
	readonly error: unknown;
}

/** A sweep with its runs, kept true while it trains. */
export function useSweep(id: string): SweepLive {
	const [state, setState] = useState<SweepLive>({ detail: null, error: null });
	useEffect(() => {
		let current = true;
		let timer: ReturnType<typeof setTimeout> | null = null;
		let askedAt = 0;
		const load = () => {
			timer = null;
			askedAt = Date.now();
			call("sweeps.get", { id }).then(
				(detail) => current && setState({ detail, error: null }),
				(error: unknown) =>
					current && setState((before) => (before.detail === null ? { detail: null, error } : before)),
			);
		};
		const soon = () => {
			timer ??= setTimeout(load, Math.max(0, askedAt + REFETCH_MS - Date.now()));
		};
		load();
		const endPush = onPush((push) => {
			if (push.type === "sweep" && push.sweep.id === id) {
				const summary = push.sweep;
				setState(({ detail, error }) => ({ detail: detail && { ...detail, summary }, error }));
				soon();
			}
			if (push.type === "changed" && push.topic === "sweeps") soon();
		});
		const endConnection = onConnection((connected) => connected && soon());
		return () => {
			current = false;
			if (timer !== null) clearTimeout(timer);
			endPush();
			endConnection();
		};
	}, [id]);
	return state;
}
