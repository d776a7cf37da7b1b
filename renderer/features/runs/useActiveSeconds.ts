import { useEffect, useState } from "react";
import type { RunSummary } from "../../../core/contract/api-runs.ts";

/** How long a run was at work, counting on between its events: a graph that is prepared for minutes sends none. */
export function useActiveSeconds({ activeSeconds, state, phase }: RunSummary): number {
	const counts = phase !== null && (state === "running" || state === "starting" || state === "stopping");
	const [since, setSince] = useState({ activeSeconds, at: performance.now() });
	const [now, setNow] = useState(since.at);
	useEffect(() => {
		const at = performance.now();
		setSince({ activeSeconds, at });
		setNow(at);
	}, [activeSeconds]);
	useEffect(() => {
		if (!counts) return;
		const timer = setInterval(() => setNow(performance.now()), 1000);
		return () => clearInterval(timer);
	}, [counts]);
	return counts ? since.activeSeconds + Math.max(0, now - since.at) / 1000 : activeSeconds;
}
