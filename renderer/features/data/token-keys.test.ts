import { expect, test } from "vitest";
import { tokenAfter } from "./token-keys.ts";

/** Three lines of tokens: 0 to 2, 3 alone and short, 4 to 6. */
const boxes = [
	...[0, 40, 80].map((left) => ({ left, right: left + 40, top: 0 })),
	{ left: 0, right: 30, top: 21 },
	...[0, 50, 100].map((left) => ({ left, right: left + 50, top: 42 })),
];
const go = (key: string, at: number) => tokenAfter(key, at, boxes);

test("left and right go by token and stop at the ends", () => {
	expect([go("ArrowRight", 2), go("ArrowLeft", 3), go("ArrowLeft", 0), go("ArrowRight", 6)]).toEqual([
		3, 2, 0, 6,
	]);
});

test("up and down go to what lies nearest in the next line", () => {
	expect([go("ArrowDown", 2), go("ArrowDown", 3), go("ArrowUp", 5), go("ArrowUp", 3)]).toEqual([3, 4, 3, 0]);
	expect([go("ArrowUp", 1), go("ArrowDown", 5)]).toEqual([1, 5]);
});

test("Home and End go to the ends of the line, with Control to those of the text", () => {
	expect([go("Home", 5), go("End", 4), go("Control+Home", 5), go("Control+End", 1)]).toEqual([4, 6, 0, 6]);
	expect(go("x", 0)).toBeNull();
});
