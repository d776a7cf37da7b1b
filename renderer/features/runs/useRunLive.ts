import { useEffect, useState } from "react";
import type { RunDetail, RunSummary } from "../../../core/contract/api-runs.ts";
import type { EngineEvent } from "../../../core/contract/events.ts";
import { call, onConnection, onPush, watchRun } from "../../api/index.ts";
import { RunSeries } from "./run-series.ts";

export interface RunLive {
	readonly detail: RunDetail | null;
	readonly summary: RunSummary | null;
	readonly series: RunSeries;
	/** Step of the newest evaluation that has sample answers; rises while the run goes on. */
	readonly evaluatedStep: number | null;
	/** Time left of a phase that is not counted in steps; null unless it is known. */
	readonly phaseSecondsLeft: number | null;
	/** Events since the run was opened, for lists that must follow. */
	readonly logVersion: number;
	readonly loading: boolean;
	readonly error: unknown;
}

/** Everything about one run, from its files and then live; a reload or a lost connection loses and doubles nothing. */
export function useRunLive(id: string): RunLive {
	const [state, setState] = useState<Omit<RunLive, "series">>(EMPTY);
	const [series, setSeries] = useState(() => new RunSeries());
	useEffect(() => {
		let current = true;
		let endWatch = () => {};
		const fresh = new RunSeries();
		setSeries(fresh);
		setState(EMPTY);
		const loadDetail = async () => {
			const detail = await call("runs.get", { id });
			if (current) setState((before) => ({ ...before, detail, summary: detail.summary, error: null }));
		};
		const load = async () => {
			await loadDetail();
			const lastSeq = await loadMetrics(id, fresh, () => current);
			if (!current || lastSeq === null) return;
			const evaluatedStep = lastStepOf(fresh);
			setState((before) => ({ ...before, loading: false, evaluatedStep }));
			endWatch = watchRun(id, lastSeq, (events) => {
				for (const event of events) {
					fresh.take(event);
					if (event.type === "eval") setState((before) => ({ ...before, evaluatedStep: event.step }));
					if (event.type === "checkpoint" || event.type === "run-finished" || event.type === "run-failed")
						void loadDetail().catch(() => {});
				}
				setState((before) => ({
					...before,
					logVersion: before.logVersion + events.length,
					phaseSecondsLeft: phaseSecondsLeft(events, before.phaseSecondsLeft),
				}));
			});
		};
		load().catch((error: unknown) => current && setState((before) => ({ ...before, loading: false, error })));
		const endPush = onPush((push) => {
			if (push.type === "run" && push.run.id === id) setState((before) => ({ ...before, summary: push.run }));
		});
		const endConnection = onConnection((connected) => {
			if (connected) void loadDetail().catch(() => {});
		});
		return () => {
			current = false;
			endWatch();
			endPush();
			endConnection();
		};
	}, [id]);
	return { ...state, series };
}

const EMPTY: Omit<RunLive, "series"> = {
	...{
		detail: null,
		summary: null,
		evaluatedStep: null,
		phaseSecondsLeft: null,
		logVersion: 0,
		loading: true,
		error: null,
	},
};

/** Fills the curves page by page; gives back the sequence number up to which they are told. */
export async function loadMetrics(
	id: string,
	series: RunSeries,
	wanted: () => boolean,
): Promise<number | null> {
	for (let afterStep = 0; ; ) {
		const page = await call("runs.metrics", { id, afterStep });
		if (!wanted()) return null;
		series.addPage(page);
		if (!page.more) return page.lastSeq;
		afterStep = page.columns.step.at(-1) ?? afterStep;
	}
}

/** What the last events say of it; steps have a time left of their own. */
export function phaseSecondsLeft(events: readonly EngineEvent[], before: number | null): number | null {
	const last = events.findLast(({ type }) => type === "progress" || type === "phase");
	if (last === undefined) return before;
	if (last.type !== "progress" || last.phase === "train" || last.phase === "value-warmup") return null;
	return last.secondsLeft === null || last.secondsLeft <= 0 ? null : last.secondsLeft;
}

function lastStepOf(series: RunSeries): number | null {
	const accuracy = series.evaluation("accuracy");
	return accuracy.length === 0 ? null : accuracy.step.at(accuracy.length - 1);
}
