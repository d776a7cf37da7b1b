import { expect, it } from "vitest";
import { placeWindow } from "./window-state.ts";

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const beside = { x: 1440, y: 0, width: 2560, height: 1400 };
const saved = { x: 1700, y: 100, width: 1600, height: 1000, maximized: false };

it("opens where it was", () => {
	expect(placeWindow(saved, [laptop, beside])).toEqual({
		bounds: { x: 1700, y: 100, width: 1600, height: 1000 },
		maximized: false,
	});
});

it("comes back to a display that is there when its own is gone, no larger than that", () => {
	expect(placeWindow(saved, [laptop]).bounds).toEqual({ x: 0, y: 25, width: 1440, height: 875 });
	expect(placeWindow({ ...saved, maximized: true }, [laptop]).maximized).toBe(true);
});

it("must be graspable: a strip at the edge or a bar above the top does not count", () => {
	expect(placeWindow({ ...saved, x: 1300, y: 100 }, [laptop]).bounds.x).toBe(0);
	expect(placeWindow({ ...saved, x: 0, y: -500 }, [laptop]).bounds.y).toBe(25);
});

it("has a size of its own at first, and when what was saved makes no sense", () => {
	const first = { x: 1440 + 560, y: 250, width: 1440, height: 900 };
	for (const bad of [null, {}, { ...saved, width: "wide" }, { ...saved, extra: 1 }]) {
		expect(placeWindow(bad, [beside])).toEqual({ bounds: first, maximized: false });
	}
	expect(placeWindow(null, []).bounds.width).toBe(1440);
});

it("is never smaller than its screens need", () => {
	const { bounds } = placeWindow({ ...saved, width: 300, height: 200 }, [laptop, beside]);
	expect([bounds.width, bounds.height]).toEqual([1024, 640]);
});
