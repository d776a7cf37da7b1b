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

/** Browsers cannot scroll much further than 16 million pixels: of a longer file no more places than these are laid out. */
export const MOST_PLACES = 500_000;

export interface Window {
	/** Places at the upper and the lower edge of what is in sight. */
	readonly first: number;
	readonly last: number;
	/** Rows of the file; where there are more than places, a step of scrolling passes over several of them. */
	readonly total: number;
}

const placesOf = (total: number) => Math.min(total, MOST_PLACES);
const lastFirst = ({ first, last, total }: Window) => Math.max(1, placesOf(total) - 1 - (last - first));

/** How far the row in a place is ahead of the place itself: nothing at the top, all that has no place at the end. */
export function shiftAt(window: Window): number {
	return Math.round(Math.min(1, window.first / lastFirst(window)) * (window.total - placesOf(window.total)));
}

/** The place to scroll to so that a row (from 0) is the first in sight, and what must be added to the shift there. */
export function placeOf(row: number, window: Window): { place: number; nudge: number } {
	const left = window.total - placesOf(window.total);
	if (left === 0) return { place: row, nudge: 0 };
	// The last rows: as far down as it goes.
	if (row >= window.total - 1 - (window.last - window.first))
		return { place: placesOf(window.total) - 1, nudge: 0 };
	const steps = lastFirst(window);
	const place = Math.min(steps, Math.floor((row * steps) / (steps + left)));
	const shift = shiftAt({ ...window, first: place, last: place + window.last - window.first });
	return { place, nudge: Math.max(0, Math.min(left - shift, row - place - shift)) };
}

/** The row that a key goes to from another, both from 0, `page` rows at a time; null for a key that moves nothing. */
export function movedTo(key: string, at: number, page: number, total: number): number | null {
	const moves: Readonly<Record<string, number>> = {
		ArrowDown: at + 1,
		ArrowUp: at - 1,
		j: at + 1,
		k: at - 1,
		PageDown: at + page,
		PageUp: at - page,
		Home: 0,
		End: total - 1,
	};
	const next = moves[key];
	return next === undefined ? null : Math.max(0, Math.min(total - 1, next));
}
