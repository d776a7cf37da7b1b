import { describe, expect, it } from "vitest";
import {
	advantage,
	largestFalls,
	linesOf,
	moved,
	neighbourFall,
	overviewLayout,
	type StripToken,
	spoken,
	valueScale,
} from "./strip.ts";

/** Tokens from V(s_1), V(s_2), ...: token h goes from one to the next, the last has no next. */
function tokens(values: number[], texts: string[] = []): StripToken[] {
	return values.map((v, i) => ({
		text: texts[i] ?? `t${i}`,
		valueBefore: v,
		valueAfter: values[i + 1] ?? null,
		logProb: -0.1,
		baseLogProb: null,
	}));
}
const six = tokens([0.5, 0.8, 0.81, 0.34, 0.1, 0.05], ["Her", " she", "\n", " she", "0", "<eos>"]);
const lines = linesOf(six, [2, 5], 0.5);

describe("value strip", () => {
	it("takes the advantage as r + V' - V, with the reward at the last token only", () => {
		expect(advantage(six, 2, 1)).toBeCloseTo(-0.47, 12);
		expect(advantage(six, 5, 1)).toBeCloseTo(0.95, 12);
		expect(advantage(six, 5, null)).toBeNull();
		// The advantages add up to reward - V(s_1): 0 - 0.5.
		expect(six.reduce((sum, _, i) => sum + (advantage(six, i, 0) ?? 0), 0)).toBeCloseTo(-0.5, 12);
	});

	it("finds falls of at least 0.15, largest first, and walks them in reading order", () => {
		const falls = largestFalls(six);
		expect(falls).toEqual([
			{ index: 2, from: 0.81, to: 0.34 },
			{ index: 3, from: 0.34, to: 0.1 },
		]);
		expect(neighbourFall(falls, 2, 1)?.index).toBe(3);
		expect(neighbourFall(falls, 3, 1)?.index).toBe(2);
		expect(neighbourFall(falls, 2, -1)?.index).toBe(3);
		expect(neighbourFall([], 2, 1)).toBeNull();
		// On a scale twice as wide a fall must be twice as deep.
		expect(largestFalls(six, [-1, 1]).map((f) => f.index)).toEqual([2]);
	});

	it("cuts lines at their ends and tells each line's change from the previous one", () => {
		expect(lines.map((l) => [l.from, l.to, l.end])).toEqual([
			[0, 3, 0.34],
			[3, 6, 0.05],
		]);
		expect(lines[0]?.change).toBeCloseTo(-0.16, 12);
		expect(lines[1]?.change).toBeCloseTo(-0.29, 12);
	});

	it("moves by token and by line", () => {
		expect(moved(lines, 1, "ArrowDown")).toBe(4);
		expect(moved(lines, 5, "ArrowUp")).toBe(2);
		expect(moved(lines, 5, "ArrowRight")).toBe(5);
		expect(moved(lines, 0, "ArrowUp")).toBe(0);
		expect(moved(lines, 4, "Home")).toBe(3);
		expect(moved(lines, 4, "a")).toBeNull();
	});

	it("reads a token as the interface says", () => {
		expect(spoken(six, 2, 0)).toBe("token 3, line break, V 0.34, down 0.47");
		expect(spoken(six, 3, 0)).toBe("token 4, she, V 0.10, down 0.24");
		expect(spoken(six, 5, 0)).toBe("token 6, <eos>, reward 0");
	});

	it("keeps 0 to 1 unless rewards lie outside", () => {
		expect(valueScale(1)).toEqual([0, 1]);
		expect(valueScale(-1, [-1, 1])).toEqual([-1, 1]);
		expect(valueScale(5)).toEqual([0, 5]);
	});

	it("lays out the first state's cell and the bars side by side", () => {
		const { slot, bars } = overviewLayout(six, lines, false);
		expect(slot).toBeCloseTo(1 / 7, 12);
		expect(bars[0]?.left).toBeCloseTo(slot, 12);
		expect((bars[5]?.left ?? 0) + (bars[5]?.width ?? 0)).toBeCloseTo(1, 12);
		expect(overviewLayout(six, lines, true).bars.map((b) => [b.index, b.value])).toEqual([
			[0, 0.34],
			[3, 0.05],
		]);
	});
});
