import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { call } from "../../api/index.ts";
import { useAnswer } from "../shared/useAnswer.ts";
import { PAGE_ROWS, PageCache, pagesOf, type RowsPage } from "./pages.ts";

export interface Rows {
	readonly total: number;
	readonly columns: readonly string[];
	readonly error: unknown;
	/** A row by its index from 0; undefined while it is on its way. */
	readonly rowAt: (index: number) => RowsPage["rows"][number] | undefined;
	/** Asks for the rows of a range, first and last counted in. */
	readonly want: (from: number, to: number) => void;
}

/** The rows of a file, of which only those that are wanted are asked for. */
export function useRows(id: string, version: string): Rows {
	const first = useAnswer("data.rows", { id, offset: 0, limit: PAGE_ROWS }, version);
	const cache = useMemo(() => new PageCache(), []);
	const asked = useRef(new Set<number>());
	const [, redraw] = useReducer((n: number) => n + 1, 0);
	const [error, setError] = useState<unknown>(null);
	const total = first.value?.total ?? 0;
	useEffect(() => {
		if (first.value) cache.set(0, first.value);
	}, [first.value, cache]);
	const want = (from: number, to: number) => {
		if (total === 0) return;
		for (const page of pagesOf(from, to)) {
			if (cache.get(page) || asked.current.has(page)) continue;
			asked.current.add(page);
			call("data.rows", { id, offset: page * PAGE_ROWS, limit: PAGE_ROWS })
				.then((rows) => {
					cache.set(page, rows);
					redraw();
				}, setError)
				.finally(() => asked.current.delete(page));
		}
	};
	return {
		total,
		columns: first.value?.columns ?? [],
		error: error ?? first.error,
		rowAt: (index) => cache.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS],
		want,
	};
}
