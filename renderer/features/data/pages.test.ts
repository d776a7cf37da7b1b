import { expect, test } from "vitest";
import { PageCache, pagesOf, type RowsPage } from "./pages.ts";

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
