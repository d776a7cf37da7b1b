import { expect, test } from "vitest";
import { columnsSchema } from "../../../core/contract/task.ts";
import { KINDS, kindLabel } from "./kinds.ts";
import { likelyMeaning, mappingOf, valuesOf } from "./mapping.ts";

test("columns that are unused or keep their name are not mapped", () => {
	expect(mappingOf({ q: "prompt", completion: "completion", seed: "" })).toEqual({ q: "prompt" });
});

test("what values mean is kept while their column keeps its role", () => {
	const before = { label: { as: "label", values: { yes: true } }, ok: { as: "label", values: { y: true } } };
	const after = mappingOf({ label: "label", ok: "reward" }, before);
	expect(after).toEqual({ label: before.label, ok: "reward" });
	expect(columnsSchema.parse(after)).toEqual(after);
});

test("common words for right and wrong are known, others are left as they stand", () => {
	expect(["Yes", "0", "correct", "incorrect", "perhaps"].map(likelyMeaning)).toEqual([
		"correct",
		"wrong",
		"correct",
		"wrong",
		"left",
	]);
	expect(valuesOf({ yes: "correct", no: "wrong", perhaps: "left" })).toEqual({ yes: true, no: false });
});

test("every form has one name", () => {
	expect(new Set(KINDS.map(({ label }) => label)).size).toBe(KINDS.length);
	expect(kindLabel("scored")).toBe("Scored trajectories");
	expect(kindLabel(null)).toBe("Unknown form");
});
