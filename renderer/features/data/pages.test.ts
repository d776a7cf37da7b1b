import { expect, test } from "vitest";
import { MOST_PLACES, movedTo, PageCache, pagesOf, placeOf, type RowsPage, shiftAt } from "./pages.ts";

const page = (row: number): RowsPage => ({ total: 1, columns: [], rows: [{ row, values: [], level: null }] });

test("a window of rows lies on one page, or on those it touches", () => {
	expect(pagesOf(0, 99)).toEqual([0]);
	expect(pagesOf(99, 100)).toEqual([0, 1]);
	expect(pagesOf(999_950, 1_000_000)).toEqual([9999, 10_000]);
	expect(pagesOf(5, 0)).toEqual([0]);
});

test("the cache forgets what was used longest ago", () => {
	const cache = new PageCache(2);
	cache.set(1, page(1));
	cache.set(2, page(2));
	expect(cache.get(1)).toBeDefined();
	cache.set(3, page(3));
	expect(cache.get(2)).toBeUndefined();
	expect(cache.get(1)?.rows[0]?.row).toBe(1);
	expect(cache.size).toBe(2);
});

test("a file with fewer rows than places is scrolled row by row", () => {
	expect(shiftAt({ first: 700, last: 715, total: 1000 })).toBe(0);
	expect(placeOf(700, { first: 0, last: 15, total: 1000 })).toEqual({ place: 700, nudge: 0 });
});

test("in a file with more rows than places the first, the last and any row jumped to come into sight", () => {
	for (const total of [MOST_PLACES + 1, 1_234_567, 90_000_000]) {
		const end = { first: MOST_PLACES - 16, last: MOST_PLACES - 1, total };
		expect(shiftAt({ first: 0, last: 15, total })).toBe(0);
		expect(end.last + shiftAt(end)).toBe(total - 1);
		for (const row of [0, 1, 777, Math.floor(total / 2), total - 20, total - 1]) {
			const { place: wanted, nudge } = placeOf(row, { first: 3, last: 18, total });
			// The end cannot be scrolled past.
			const place = Math.min(wanted, end.first);
			const top = place + nudge + shiftAt({ first: place, last: place + 15, total });
			expect(row - top).toBeGreaterThanOrEqual(0);
			expect(row - top).toBeLessThanOrEqual(15);
			expect(top + 15).toBeLessThan(total);
		}
	}
});

test("keys go by row, by page and to the ends, and stay within the file", () => {
	expect(["ArrowDown", "k", "PageDown", "Home", "End"].map((key) => movedTo(key, 5, 10, 12))).toEqual([
		6, 4, 11, 0, 11,
	]);
	expect(movedTo("ArrowUp", 0, 10, 12)).toBe(0);
	expect(movedTo("x", 5, 10, 12)).toBeNull();
});
