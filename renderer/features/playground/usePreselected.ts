import { useEffect, useRef } from "react";
import type { ModelRef } from "../../../core/contract/api-common.ts";
import { call } from "../../api/index.ts";
import { useStudio } from "../../app/store.ts";
import { toast } from "../../ui/index.ts";
import { templateChoice } from "./request.ts";
import { change, usePlayground } from "./store.ts";

/** Puts a run's checkpoint beside its own base model, with its template and task. */
async function chooseRun(id: string): Promise<void> {
	const { config } = await call("runs.get", { id });
	const models = useStudio.getState().models ?? [];
	// A model that was moved since, such as the built-in one of an updated app, has another path.
	const base =
		models.find(({ path }) => path === config?.modelDir) ?? models.find(({ state }) => state === "ready");
	const targets: ModelRef[] = [{ type: "run", id, checkpoint: "best" }];
	if (base) targets.unshift({ type: "model", id: base.id });
	usePlayground.setState({ targets });
	if (config === null) return;
	change({
		...templateChoice(config.template),
		task: config.task ?? "none",
		maxNewTokens: config.maxResponseTokens,
	});
}

/** Takes over what the address names; without one, the newest run with a checkpoint and its base, or the first model. */
export function usePreselected(run: string | null, model: string | null): void {
	const { models, runs } = useStudio();
	const done = useRef<string | null>(null);
	useEffect(() => {
		if (models === null || runs === null) return;
		const wanted = JSON.stringify([run, model]);
		if (done.current === wanted) return;
		done.current = wanted;
		if (model !== null) {
			usePlayground.setState({ targets: [{ type: "model", id: model }] });
			return;
		}
		// What was chosen before stays.
		if (run === null && usePlayground.getState().targets.length > 0) return;
		const chosen = run ?? runs.find(({ lastSavedStep }) => lastSavedStep !== null)?.id;
		const first = models.find(({ state }) => state === "ready");
		if (chosen !== undefined)
			chooseRun(chosen).catch((error: unknown) =>
				toast({ tone: "bad", title: "The run could not be read", detail: String(error) }),
			);
		else if (first) usePlayground.setState({ targets: [{ type: "model", id: first.id }] });
	}, [models, runs, run, model]);
}
