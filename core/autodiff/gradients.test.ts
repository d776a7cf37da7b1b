import { describe, expect, it } from "vitest";
import { gradientRules } from "./gradients/index.ts";
import { NO_GRADIENT } from "./rule.ts";
import { elementwiseCases } from "./testing/elementwise-cases.ts";
import { checkGradient } from "./testing/gradient-check.ts";
import { structuralCases } from "./testing/structural-cases.ts";

const cases = [...elementwiseCases, ...structuralCases];
/** What float32 leaves of a fourth-order difference at a step of 1/32. */
const TOLERANCE = 3e-4;

describe("gradient rules", () => {
	it.each(cases.map((one) => [`${one.op}: ${one.name}`, one] as const))("%s", async (_, one) => {
		const report = await checkGradient(
			one.inputs,
			(values) => one.build((name) => values[name] as NonNullable<(typeof values)[string]>),
			one.options,
		);
		expect(report.forwardOps).toContain(one.op);
		expect(report.worst, report.where).toBeLessThan(TOLERANCE);
	});

	it("are all checked", () => {
		const checked = new Set(cases.map(({ op }) => op));
		const rules = Object.keys(gradientRules).filter((op) => gradientRules[op] !== NO_GRADIENT);
		expect([...checked].sort()).toEqual(rules.sort());
	});
});
