import { expect, it } from "vitest";
import { placeBefore } from "./order.ts";

it("names the item to stand before", () => {
	const ids = ["a", "b", "c"];
	expect(placeBefore(ids, "c", 0)).toBe("a");
	expect(placeBefore(ids, "a", 1)).toBe("c");
	expect(placeBefore(ids, "a", 2)).toBeNull();
	expect(placeBefore(ids, "b", 1)).toBeUndefined();
	expect(placeBefore(ids, "a", -1)).toBeUndefined();
	expect(placeBefore(ids, "x", 1)).toBeUndefined();
});
