import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { gradeMath } from "./math.ts";
import { hasMath500, math500, runSuite, suiteTable } from "./testing/math-suite.ts";

const DOCUMENT = path.join(import.meta.dirname, "../../docs/math-grading.md");

describe.skipIf(!hasMath500)("on the real MATH-500 (skipped when DQO_DATA_DIR is absent)", () => {
	it("every solution is correct against its own answer", () => {
		const problems = math500();
		expect(problems.length).toBe(500);
		const wrong = problems.filter(({ solution, answer }) => !gradeMath(solution, answer).correct);
		expect(wrong.map(({ answer }) => answer)).toEqual([]);
	});

	it("every answer equals at least ten honest rewrites and no near miss; the published counts hold", () => {
		const result = runSuite(math500().map(({ answer }) => answer));
		expect(result.wrong).toEqual([]);
		for (const [shape, counts] of result.shapes) {
			expect(counts.fewestRewrites, shape).toBeGreaterThanOrEqual(10);
			expect(counts.fewestNearMisses, shape).toBeGreaterThanOrEqual(3);
		}
		expect(readFileSync(DOCUMENT, "utf8")).toContain(suiteTable(result));
	});
});
