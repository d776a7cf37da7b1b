import { join } from "node:path";
import { expect, it } from "vitest";
import { droppedPlace, openDialogFor } from "./files.ts";

it("a dropped file opens itself, a model's configuration its folder", () => {
	expect(droppedPlace(join("/data", "a.jsonl"))).toBe(join("/data", "a.jsonl"));
	expect(droppedPlace(join("/models", "tiny", "config.json"))).toBe(join("/models", "tiny"));
});

it("each dialog picks what is asked for", () => {
	expect(openDialogFor("datasets", "Add").properties).toEqual(["openFile", "multiSelections"]);
	expect(openDialogFor("model", "Add").properties).toEqual(["openDirectory"]);
	expect(openDialogFor("folder", "Export to")).toMatchObject({ title: "Export to" });
});
