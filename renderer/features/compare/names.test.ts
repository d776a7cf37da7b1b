import { expect, test } from "vitest";
import { shortNames } from "./names.ts";

test("what all names begin with is left out, word by word, and never the whole name", () => {
	expect(shortNames(["β × lr t003", "β × lr t007"])).toEqual(["t003", "t007"]);
	expect(shortNames(["first", "second"])).toEqual(["first", "second"]);
	expect(shortNames(["starter", "starter long"])).toEqual(["starter", "starter long"]);
	expect(shortNames(["same", "same"])).toEqual(["same", "same"]);
});
