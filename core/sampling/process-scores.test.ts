import { describe, expect, it } from "vitest";
import { type Prefix, segmentScores, splitSegments, walkPrefixes } from "./process-scores.ts";

describe("splitSegments", () => {
	it("ends segments with their line breaks", () => {
		expect(splitSegments("3+2=5\n5*4=20\n#### 20", "line")).toEqual(["3+2=5\n", "5*4=20\n", "#### 20"]);
		expect(splitSegments("a\n\nb\nc", "paragraph")).toEqual(["a\n\n", "b\nc"]);
	});

	it("makes no segment without text, and loses nothing", () => {
		expect(splitSegments("", "line")).toEqual([""]);
		expect(splitSegments("\n\n", "line")).toEqual(["\n\n"]);
		expect(splitSegments("one", "paragraph")).toEqual(["one"]);
		expect(splitSegments("\n a\n\n \nb\n", "line")).toEqual(["\n a\n\n \n", "b\n"]);
		expect(splitSegments("a\r\nb\n\n  ", "line")).toEqual(["a\r\n", "b\n\n  "]);
		for (const text of ["\n\n\na\n\n\n", " \n\nx\n\ny\n \n", "a\n\n\n\nb"])
			for (const separator of ["line", "paragraph"] as const)
				expect(splitSegments(text, separator).join("")).toBe(text);
	});
});

describe("walkPrefixes", () => {
	// Tokens 1, 2, 3 ... each a segment; the answers are fixed beforehand.
	const response = (promptIndex: number, ...tokens: number[]) => ({
		promptIndex,
		tokens,
		ends: tokens.map((_, i) => i + 1),
	});
	const reachable = (...keys: string[]) => {
		const rounds: string[][] = [];
		const rollOut = async (prefixes: readonly Prefix[]) => {
			const names = prefixes.map(({ promptIndex, tokens }) => `${promptIndex}:${tokens.join("")}`);
			rounds.push(names);
			return names.map((name) => keys.includes(name));
		};
		return { rounds, rollOut };
	};

	it("takes the longest prefix that a completion saves, not the first from the start", async () => {
		const { rounds, rollOut } = reachable("0:1", "0:123");
		expect(await walkPrefixes([response(0, 1, 2, 3, 4, 5)], rollOut)).toEqual({ good: [3], reused: 0 });
		expect(rounds).toEqual([["0:1234"], ["0:123"]]);
		expect(segmentScores(5, 3)).toEqual([1, 1, 1, 0, 0]);
	});

	it("scores 0 throughout where nothing helps, and needs no roll-out for one segment", async () => {
		const { rounds, rollOut } = reachable();
		expect(await walkPrefixes([response(0, 1, 2, 3), response(1, 7)], rollOut)).toMatchObject({
			good: [0, 0],
		});
		expect(rounds).toEqual([["0:12"], ["0:1"]]);
		expect(segmentScores(3, 0)).toEqual([0, 0, 0]);
	});

	it("walks in step and completes the same prefix of one prompt once, of two prompts twice", async () => {
		const { rounds, rollOut } = reachable("0:1", "1:12");
		const responses = [
			response(0, 1, 2, 3),
			response(0, 1, 2, 4),
			response(0, 1, 5),
			response(1, 1, 2, 3),
			response(0, 1, 2, 3),
		];
		expect(await walkPrefixes(responses, rollOut)).toEqual({ good: [1, 1, 1, 2, 1], reused: 5 });
		expect(rounds).toEqual([["0:12", "0:1", "1:12"]]);
	});

	it("agrees with a plain search on many random cases, and counts every prefix as visited", async () => {
		let state = 1;
		const random = (n: number) => {
			state = (state * 48271) % 2147483647;
			return state % n;
		};
		const isGood = ({ promptIndex, tokens }: Prefix) =>
			(tokens.reduce((h, t) => (h * 31 + t) % 1009, promptIndex + 1) * 7) % 10 < 3;
		const responses = Array.from({ length: 200 }, () =>
			response(random(5), ...Array.from({ length: 1 + random(6) }, () => random(2))),
		);
		const seen = new Set<string>();
		const walked = await walkPrefixes(responses, async (prefixes, visited) => {
			expect(visited).toBeLessThan(responses.reduce((sum, { ends }) => sum + ends.length - 1, 0));
			for (const prefix of prefixes) {
				expect(seen).not.toContain(JSON.stringify(prefix));
				seen.add(JSON.stringify(prefix));
			}
			return prefixes.map(isGood);
		});
		const expected = responses.map(({ promptIndex, tokens }) => {
			for (let i = tokens.length - 1; i > 0; i--)
				if (isGood({ promptIndex, tokens: tokens.slice(0, i) })) return i;
			return 0;
		});
		expect(walked?.good).toEqual(expected);
	});

	it("ends with null when it is stopped", async () => {
		expect(await walkPrefixes([response(0, 1, 2)], async () => null)).toBeNull();
	});
});
