import { expect, test } from "vitest";
import { METHODS, type Method } from "../../../core/contract/run.ts";
import { mainCharts, moreCharts } from "./chart-specs.ts";

const facts = (method: Method) => ({ method, clipNorm: 1, baseAccuracy: 0.5, graded: true });
const ids = (method: Method) => mainCharts(facts(method)).map(({ id }) => id);

test("DQO has the seven charts of its screen", () => {
	expect(ids("dqo")).toEqual([
		"accuracy",
		"policyLoss",
		"valueLoss",
		"lastValue",
		"klEstimate",
		"weight",
		"policyGradNorm",
	]);
});

test("a method without a value function shows none, one without a reference no KL", () => {
	expect(ids("dpo")).not.toContain("valueLoss");
	expect(ids("sft")).not.toContain("klEstimate");
	expect(ids("dro")).not.toContain("weight");
});

test.each(METHODS)("%s draws no chart twice, and rate, speed, memory and norm are among them", (method) => {
	const all = [...mainCharts(facts(method)), ...moreCharts(facts(method))].map(({ id }) => id);
	expect(new Set(all).size).toBe(all.length);
	expect(all).toEqual(
		expect.arrayContaining(["lr", "responseTokensPerSecond", "memoryBytes", "policyGradNorm"]),
	);
});

test("without graded answers the held-out loss takes the place of accuracy, once", () => {
	const plain = { ...facts("sft"), graded: false };
	const all = [...mainCharts(plain), ...moreCharts(plain)].map(({ id }) => id);
	expect(all.filter((id) => id === "heldOutLoss")).toHaveLength(1);
	expect(all).not.toContain("accuracy");
});
