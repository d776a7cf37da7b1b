import { expect, test } from "vitest";
import { pinned, toggled } from "./pins.ts";

test("a run keeps its slot while others come and go", () => {
	const first = pinned({}, ["a", "b", "c"]);
	expect(first).toEqual({ a: 0, b: 1, c: 2 });
	expect(pinned(first, ["c", "d", "a"])).toEqual({ a: 0, c: 2, d: 1 });
});

test("a pin frees its slot for the next", () => {
	const pins = toggled({ a: 0, b: 1 }, "a");
	expect(pins).toEqual({ b: 1 });
	expect(toggled(pins, "c")).toEqual({ b: 1, c: 0 });
});

test("a ninth run is not pinned, for there are eight colours", () => {
	const eight = pinned({}, ["1", "2", "3", "4", "5", "6", "7", "8"]);
	expect(toggled(eight, "9")).toEqual(eight);
});
