import { createContext, useContext, useState } from "react";

interface Detail {
	/** Follows something asked of the program: what keeps it from being done is shown at the head of the data set. */
	act(work: Promise<unknown>): void;
}

const DetailContext = createContext<Detail | null>(null);
export const DetailProvider = DetailContext.Provider;

/** Of the data set that is shown around the caller. */
export function useDetail(): Detail {
	const detail = useContext(DetailContext);
	if (detail === null) throw new Error("useDetail outside of a data set");
	return detail;
}

/** The last thing that failed, and the way to try things; one that works clears it. */
export function useActs(): Detail & { failure: unknown } {
	const [failure, setFailure] = useState<unknown>(null);
	const act = (work: Promise<unknown>) => void work.then(() => setFailure(null), setFailure);
	return { failure, act };
}
