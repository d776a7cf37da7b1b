import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { equivalentAnswers } from "./equivalent.ts";

interface Pair {
	a: string;
	b: string;
	expected: boolean;
	library: boolean;
}

const fixture = path.join(import.meta.dirname, "../../../fixtures/math/pairs.json");
const { pairs } = JSON.parse(readFileSync(fixture, "utf8")) as { pairs: Pair[] };

/** Where we say otherwise than math-verify, and why. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
	"1234567 | 1\\,234\\,567": "a thin space separates thousands; the library adds the groups up",
	"-2 | \\sqrt[3]{-8}": "the real cube root is meant; SymPy takes the principal complex one",
	"5 - 12i | (3-2i)^2": "i squared is -1; the library takes i for a variable",
	"5 - 12i | 5-12 i": "the space changes nothing; the library reads 12 i as another product",
	"(3, -4) | [3, -4]": "square brackets make an interval of it; the library takes both for tuples",
	"47_8 | 47_9": "the base is a part of the answer; the library drops it",
};

it("has enough pairs of either kind", () => {
	expect(pairs.filter(({ expected }) => expected).length).toBeGreaterThan(100);
	expect(pairs.filter(({ expected }) => !expected).length).toBeGreaterThan(100);
});

it.each(pairs)("$a | $b: $expected", ({ a, b, expected }) => {
	expect(equivalentAnswers(b, a)).toBe(expected);
	expect(equivalentAnswers(a, b)).toBe(expected);
});

it("agrees with math-verify but for the pairs that are explained", () => {
	const differing = pairs.filter(({ a, b, library }) => equivalentAnswers(b, a) !== library);
	expect(differing.map(({ a, b }) => `${a} | ${b}`).sort()).toEqual(Object.keys(DISAGREEMENTS).sort());
});
