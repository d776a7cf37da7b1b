import { useEffect, useRef, useState } from "react";
import type { Draft } from "../../../core/contract/api-runs.ts";
import { call } from "../../api/index.ts";
import { sentence } from "./form.ts";
import { useTrain } from "./store.ts";

const DEBOUNCE_MS = 250;
/** While data are still being counted, the plan is asked for again. */
const AGAIN_MS = 1500;

/** Asks what a draft would cost whenever it changes; the latest question wins and the old answer stays meanwhile. */
export function usePlan(draft: Draft | null): { error: unknown; loading: boolean } {
	const key = draft === null ? null : JSON.stringify(draft);
	const [error, setError] = useState<unknown>(null);
	const [loading, setLoading] = useState(false);
	const latest = useRef(0);
	useEffect(() => {
		const mine = ++latest.current;
		if (key === null) {
			setLoading(false);
			return;
		}
		setLoading(true);
		let timer = setTimeout(ask, DEBOUNCE_MS);
		async function ask(): Promise<void> {
			try {
				const plan = await call("runs.plan", JSON.parse(key as string) as Draft);
				if (mine !== latest.current) return;
				setError(null);
				useTrain.setState({
					plan,
					found: Object.fromEntries(
						plan.problems.map(({ field, reason }) => [ownField(field), sentence(reason)]),
					),
				});
				if (plan.problems.length === 0 && plan.secondsPerRun === null) {
					timer = setTimeout(ask, AGAIN_MS);
					return;
				}
			} catch (thrown) {
				if (mine !== latest.current) return;
				setError(thrown);
			}
			setLoading(false);
		}
		return () => clearTimeout(timer);
	}, [key]);
	return { error, loading };
}

/** The form's name of a field in a problem: a sweep's points say `beta=0.1 lr=1e-5: lr`. */
export function ownField(field: string): string {
	const last = field.split(": ").at(-1) ?? field;
	return (
		{
			dataPath: "dataId",
			modelDir: "modelId",
			validationPath: "validationDataId",
			trials: "search.trials",
			"asha.minSteps": "search.minSteps",
			asha: "search.minSteps",
		}[last] ?? last
	);
}
