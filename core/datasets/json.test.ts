import { describe, expect, it } from "vitest";
import { canonicalJson, locateJsonError, parseJson } from "./json.ts";

/** Where V8 stopped, for the messages in which it says so. */
function engineOffset(text: string): number | null | "unsaid" {
	try {
		JSON.parse(text);
		return null;
	} catch (error) {
		const position = /position (\d+)/.exec((error as Error).message)?.[1];
		return position === undefined ? "unsaid" : Number(position);
	}
}

describe("locateJsonError", () => {
	it("agrees with the engine on thousands of spoilt texts", () => {
		const good = '{"a":[1,-2.5e+3,{"b\\n\\u00e9":null},true ,[]],"":"x\\"y", "z":{},"f":false}';
		const marks = [
			'"',
			"\\",
			"{",
			"}",
			"[",
			"]",
			",",
			":",
			"0",
			"-",
			".",
			"e",
			"n",
			" ",
			"\n",
			"\u0001",
			"NaN",
		];
		let compared = 0;
		let invalid = 0;
		for (let at = 0; at <= good.length; at++) {
			for (const mark of ["", ...marks]) {
				for (const removed of [0, 1, 3]) {
					const text = good.slice(0, at) + mark + good.slice(at + removed);
					const expected = engineOffset(text);
					const found = locateJsonError(text);
					expect(found === null, text).toBe(expected === null);
					if (expected !== null) invalid++;
					if (typeof expected !== "number") continue;
					compared++;
					// Inside a bad number or escape either end may be named; we name where it begins.
					expect(Math.abs((found ?? 0) - expected), `${text} ${found} ${expected}`).toBeLessThanOrEqual(8);
				}
			}
		}
		expect(invalid).toBeGreaterThan(2000);
		expect(compared).toBeGreaterThan(500);
	});

	it("stands any depth and length", () => {
		expect(locateJsonError("[".repeat(500_000))).toBe(500_000);
		expect(locateJsonError(`"${"a".repeat(5_000_000)}"`)).toBeNull();
		expect(locateJsonError(`["${"a".repeat(5_000_000)}`)).toBe(5_000_002);
	});
});

describe("parseJson", () => {
	it("names the non-finite numbers that Python writes", () => {
		const parsed = parseJson('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN"}');
		expect(parsed).toEqual({ ok: true, value: { a: "NaN", b: ["-Infinity", "Infinity"], c: "NaN" } });
	});

	it("says where other text fails, counted in the text as it was given", () => {
		expect(parseJson('{"a": NaN, "b" 1}')).toEqual({ ok: false, offset: 15 });
		expect(parseJson("{'a': 1}")).toEqual({ ok: false, offset: 1 });
		expect(parseJson('{"a": NaNs}').ok).toBe(false);
		expect(parseJson("").ok).toBe(false);
	});
});

it("canonicalJson sorts keys at every depth and keeps lists in order", () => {
	expect(canonicalJson({ b: [{ d: 1, c: 2 }, 1], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},1]}');
});
