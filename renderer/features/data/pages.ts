import type { ApiOutput } from "../../../core/contract/api.ts";

export type RowsPage = ApiOutput<"data.rows">;
export const PAGE_ROWS = 100;

/** The pages that hold the rows from `first` to `last` (indices from 0). */
export function pagesOf(first: number, last: number): number[] {
	const pages: number[] = [];
	for (
		let page = Math.floor(first / PAGE_ROWS);
		page <= Math.floor(Math.max(first, last) / PAGE_ROWS);
		page++
	)
		pages.push(page);
	return pages;
}

/** Keeps the pages used last, so that scrolling through a million rows holds a bounded part of them. */
export class PageCache {
	readonly #pages = new Map<number, RowsPage>();
	readonly #most: number;

	constructor(most = 40) {
		this.#most = most;
	}

	get(page: number): RowsPage | undefined {
		const found = this.#pages.get(page);
		if (found) {
			this.#pages.delete(page);
			this.#pages.set(page, found);
		}
		return found;
	}

	set(page: number, rows: RowsPage): void {
		this.#pages.delete(page);
		this.#pages.set(page, rows);
		for (const oldest of this.#pages.keys()) {
			if (this.#pages.size <= this.#most) break;
			this.#pages.delete(oldest);
		}
	}

	get size(): number {
		return this.#pages.size;
	}
}
