import { useEffect, useState } from "react";
import type { Paired } from "../../../core/contract/api-tasks.ts";
import { call } from "../../api/index.ts";

/** Runs on the held-out problems that all of them answered; asked for anew when `version` changes. */
export function usePaired(ids: readonly string[], version: string) {
	const [state, setState] = useState<{ paired: Paired | null; error: unknown; loading: boolean }>({
		...{ paired: null, error: null, loading: true },
	});
	const key = JSON.stringify([ids, version]);
	useEffect(() => {
		const [runIds] = JSON.parse(key) as [string[], string];
		let current = true;
		setState((before) => ({ ...before, loading: true }));
		call("compare.heldOut", { runIds }).then(
			(paired) => current && setState({ paired, error: null, loading: false }),
			(error: unknown) => current && setState({ paired: null, error, loading: false }),
		);
		return () => {
			current = false;
		};
	}, [key]);
	return state;
}
