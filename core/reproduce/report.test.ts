import { describe, expect, it } from "vitest";
import { renderHtml } from "./html.ts";
import { makePlan } from "./make-plan.ts";
import { renderMarkdown } from "./markdown.ts";
import { makeReport, type Report } from "./report.ts";
import { tablesOf } from "./tables.ts";
import { environment, outcomesOf } from "./testing/outcomes.ts";

/** Of 20 problems base solves 10, so each problem is 5 points. */
function reportOf(solved: Record<string, readonly number[]>): Report {
	const plan = makePlan({ form: "quick", seeds: 3, rare: false });
	return makeReport({
		plan,
		environment,
		outcomes: outcomesOf(solved, plan),
		stageSeconds: 600,
		notes: ["A note."],
	});
}

const verdictOf = (report: Report, id: string) => report.verdicts.find((v) => v.id === id);

describe("makeReport", () => {
	it("measures gains over base in points, with both intervals", () => {
		const dqo = reportOf({ dqo: [14, 15, 16] }).measured.find(({ id }) => id === "dqo");
		// Gains 20, 25, 30: mean 25, deviation 5, half width 4.303 * 5 / sqrt(3) = 12.422.
		expect(dqo?.gain).toMatchObject({ mean: 25, std: 5, n: 3 });
		expect(dqo?.gain.interval?.[0]).toBeCloseTo(12.578, 2);
		// Problems 11 to 14 gain 100, the 15th 2/3, the 16th 1/3 of it, fourteen gain nothing: mean 25, 20 problems.
		const gains = [...Array(4).fill(100), 200 / 3, 100 / 3, ...Array(14).fill(0)];
		const deviation = Math.sqrt(gains.reduce((sum, g) => sum + (g - 25) ** 2, 0) / 19);
		expect(dqo?.gainByProblem?.[1]).toBeCloseTo(25 + (2.093 * deviation) / Math.sqrt(20), 2);
		expect(dqo?.sampled.mean).toBeCloseTo(70);
		expect(dqo).toMatchObject({ point: { lr: 1e-4, beta: 0.3 }, edges: [], validation: 60 });
	});

	it("decides each claim by its rule", () => {
		const report = reportOf({
			dqo: [14, 15, 16],
			rs: [14, 15, 16],
			dro: [11, 12, 13],
			"dqo-weight-neither": [16, 11, 15],
		});
		expect(verdictOf(report, "gain")).toMatchObject({ holds: true });
		expect(verdictOf(report, "rs")).toMatchObject({ holds: true });
		expect(verdictOf(report, "rs-above")).toMatchObject({ holds: false });
		expect(verdictOf(report, "dro")).toMatchObject({ holds: true });
		// Differences -10, 20, 5: mean 5, but the interval reaches below 0.
		const weight = verdictOf(report, "weight");
		expect(weight).toMatchObject({ holds: false });
		expect(weight?.detail).toContain("+5.0 points");
		// Over problems, in shares of the seeds: DQO solves 14 always, the 15th in 2 of 3, the 16th in 1 of 3; without the weight
		// 11 always, the 12th to 15th in 2 of 3, the 16th in 1 of 3. Differences: three of 1/3, the rest 0; mean 5 points, and
		// t(19) = 2.093 times their deviation 12.21 over sqrt(20) is 5.72.
		expect(weight?.detail).toContain("over test problems 95 % interval −0.7 to +10.7");
		// AUC at the best checkpoint: 0.5 + 0.7 / 2 = 0.85; the correlation goes from 0.3 to 0.6.
		expect(verdictOf(report, "auc")).toMatchObject({ holds: true });
		expect(verdictOf(report, "auc")?.detail).toContain("0.850");
		expect(verdictOf(report, "correlation")).toMatchObject({ holds: true });
	});

	it("does not take a gain whose interval reaches 0", () => {
		expect(verdictOf(reportOf({ dqo: [10, 10, 19] }), "gain")).toMatchObject({ holds: false });
		expect(verdictOf(reportOf({ dqo: [9, 9, 9] }), "rs")).toMatchObject({ holds: false });
	});

	it("pairs the seeds that both have, where a run broke down and was not tested", () => {
		const plan = makePlan({ form: "quick", seeds: 3, rare: false });
		const all = outcomesOf({ dqo: [14, 15, 16], rs: [10, 20, 13] }, plan);
		const tests = all.tests.filter(({ variant, seed }) => variant !== "rs" || seed !== 1);
		const outcomes = { ...all, tests };
		const report = makeReport({ plan, environment, outcomes, stageSeconds: 1, notes: [] });
		// Seeds 0 and 2: 14 - 10 and 16 - 13 problems, 20 and 15 points.
		expect(verdictOf(report, "rs")?.detail).toMatch(/\+17\.5 points, .*, 2 seeds/);
	});

	it("says what was not measured", () => {
		const plan = makePlan({ form: "quick", seeds: 3, rare: false });
		const outcomes = { ...outcomesOf({}, plan), tests: [], values: [] };
		const report = makeReport({ plan, environment, outcomes, stageSeconds: 1, notes: [] });
		expect(new Set(report.verdicts.map(({ holds }) => holds))).toEqual(new Set([null]));
		expect(renderMarkdown(report)).toContain("not measured");
		expect(renderHtml(report)).not.toMatch(/NaN|undefined|Infinity/);
	});
});

describe("the rendered report", () => {
	const report = reportOf({ dqo: [14, 15, 16], "dqo-process": [15, 15, 16] });

	it("has the paper's tables", () => {
		const tables = tablesOf(report);
		expect(tables.map(({ id }) => id)).toEqual([
			"table-3",
			"table-5",
			"table-6",
			"table-7",
			"figure-2",
			"grid",
		]);
		const [methods, weights] = tables;
		expect(methods?.rows[0]?.slice(0, 3)).toEqual(["base", "50.0", "45.0 ± 1.0"]);
		expect(methods?.rows).toHaveLength(8);
		expect(methods?.rows.find(([name]) => name === "DQO")?.slice(1, 4)).toEqual([
			"75.0",
			"70.0 ± 1.0",
			"+25.0",
		]);
		expect(weights?.rows.map(([name]) => name)).toEqual([
			"weight on both losses",
			"weight on the policy loss",
			"weight on the value loss",
			"no weight",
		]);
		for (const { head, rows } of tables) for (const row of rows) expect(row).toHaveLength(head.length);
	});

	it("says where a best setting lies at an end of its grid", () => {
		const noteOf = (found: Report) => tablesOf(found).find(({ id }) => id === "grid")?.note;
		expect(noteOf(report)).toContain("Every best setting is an inner one");
		const measured = report.measured.map((m) =>
			m.id === "rs" ? { ...m, edges: ["beta at the upper end"] } : m,
		);
		expect(noteOf({ ...report, measured })).toContain("may lie beyond: RS (beta at the upper end).");
	});

	it("names the problems that are left where correct samples are rare, and judges what is measured alone", () => {
		const plan = makePlan({ form: "quick", seeds: 3, rare: true });
		const probes = [{ file: "test", problems: 1000, kept: 450 } as const];
		const outcomes = { ...outcomesOf({}, plan), probes };
		const rare = makeReport({ plan, environment, outcomes, stageSeconds: 1, notes: [] });
		const text = renderMarkdown(rare);
		expect(text).toContain("450 of 1000 test problems");
		expect(text).not.toMatch(/not measured|importance weight|at DQO.s best learning rate/i);
		expect(renderHtml(rare)).toContain("rare correct samples");
	});

	it("is one page that loads nothing and breaks on no text", () => {
		const html = renderHtml(report);
		expect(html).not.toMatch(/<script|<link|<img|src=|url\(|https?:/);
		expect(html).not.toMatch(/NaN|undefined|Infinity/);
		expect(html).toContain("two &lt;cores&gt;");
		expect(html).toContain("3 &lt;b&gt;cards&lt;/b&gt;");
		expect(html).toContain("prefers-color-scheme:dark");
		for (const [, kind] of html.matchAll(/class="curve (?:thin )?(c\d)"/g))
			expect(html).toContain(`.curve.${kind}{`);
		const opened = html.match(/<(section|table|svg|tr|ul|div|figure|article)\b/g) ?? [];
		const closed = html.match(/<\/(section|table|svg|tr|ul|div|figure|article)>/g) ?? [];
		expect(opened.length).toBe(closed.length);
		for (const chart of html.match(/<svg[^>]*role="img"[^>]*>/g) ?? [])
			expect(chart).toContain("aria-label=");
	});

	it("is Markdown with the verdicts, the seeds, the commit and the machine", () => {
		const markdown = renderMarkdown(report);
		for (const part of [
			"**holds**",
			"**does not hold**",
			"| Seeds | 0, 1, 2 |",
			"| Commit | abc |",
			"A note.",
		]) {
			expect(markdown).toContain(part);
		}
	});
});
