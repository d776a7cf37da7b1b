import { expect, test } from "vitest";
import { KINDS, kindLabel } from "./kinds.ts";
import { mappingOf } from "./mapping.ts";

test("columns that are unused or keep their name are not mapped", () => {
	expect(mappingOf({ q: "prompt", completion: "completion", seed: "" })).toEqual({ q: "prompt" });
});

test("every form has one name", () => {
	expect(new Set(KINDS.map(({ label }) => label)).size).toBe(KINDS.length);
	expect(kindLabel("scored")).toBe("Scored trajectories");
	expect(kindLabel(null)).toBe("Unknown form");
});
