import { expect, test } from "vitest";
import { expected } from "../../api/api-error.ts";
import { changedOnDisk } from "./changed.ts";

test("a changed file is told from other invalid data", () => {
	const error = { code: "data-invalid", message: "a.jsonl changed on disk.", hint: "" } as const;
	expect(changedOnDisk(expected({ ...error, details: { changed: true } }))).toBe(true);
	expect(changedOnDisk(expected(error))).toBe(false);
	expect(changedOnDisk(new Error("no"))).toBe(false);
});
