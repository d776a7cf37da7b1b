import { useEffect, useState } from "react";
import type { Lengths } from "../../../core/contract/api-data.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { useLimits } from "./limits.ts";

const POLL_MS = 700;

/** Lengths under the model and limits chosen; asked again while they are being counted. */
export function useLengths(id: string, version: string): { lengths: Lengths | null; error: unknown } {
	const limits = useLimits();
	const [round, setRound] = useState(0);
	const { value, error } = useAnswer("data.lengths", { id, ...limits }, `${version} ${round}`);
	const computing = value?.state === "computing";
	useEffect(() => {
		if (!computing) return;
		const timer = setInterval(() => setRound((before) => before + 1), POLL_MS);
		return () => clearInterval(timer);
	}, [computing]);
	return { lengths: value, error };
}
