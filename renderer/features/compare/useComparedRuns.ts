import { useEffect, useState } from "react";
import type { RunDetail } from "../../../core/contract/api-runs.ts";
import { call, onPush, watchRun } from "../../api/index.ts";
import { RunSeries } from "../runs/run-series.ts";
import { loadMetrics } from "../runs/useRunLive.ts";

/** A run with its curves, or why it cannot be shown. */
export interface ComparedRun {
	readonly id: string;
	readonly detail: RunDetail | null;
	readonly series: RunSeries;
	readonly error: unknown;
}

/** The runs in the given order, each as soon as it is there; those at work go on live. */
export function useComparedRuns(ids: readonly string[]): (ComparedRun | null)[] {
	const [known, setKnown] = useState<Readonly<Record<string, ComparedRun>>>({});
	const key = JSON.stringify(ids);
	useEffect(() => {
		const ends = (JSON.parse(key) as string[]).map((id) =>
			follow(id, (change) => setKnown((before) => ({ ...before, [id]: change(before[id] ?? emptyRun(id)) }))),
		);
		return () => {
			for (const end of ends) end();
		};
	}, [key]);
	return ids.map((id) => known[id] ?? null);
}

const emptyRun = (id: string): ComparedRun => ({ id, detail: null, series: new RunSeries(), error: null });

type Give = (change: (before: ComparedRun) => ComparedRun) => void;

function follow(id: string, give: Give): () => void {
	let current = true;
	let endWatch = () => {};
	const series = new RunSeries();
	const load = async () => {
		const detail = await call("runs.get", { id });
		const lastSeq = await loadMetrics(id, series, () => current);
		if (!current || lastSeq === null) return;
		give(() => ({ id, detail, series, error: null }));
		endWatch = watchRun(id, lastSeq, (events) => {
			for (const event of events) series.take(event);
		});
	};
	load().catch((error: unknown) => current && give((before) => ({ ...before, error })));
	const endPush = onPush((push) => {
		if (push.type !== "run" || push.run.id !== id) return;
		const summary = push.run;
		give((before) => ({ ...before, detail: before.detail && { ...before.detail, summary } }));
	});
	return () => {
		current = false;
		endWatch();
		endPush();
	};
}
