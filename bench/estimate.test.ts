import { expect, it } from "vitest";
import { ESTIMATE_CASES, estimateOf } from "./estimate-cases.ts";

it.each(ESTIMATE_CASES)("$name: the memory is within 15 %", (own) => {
	const ratio = estimateOf(own).memory.totalBytes / 2 ** 20 / own.measuredMiB;
	expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
});
