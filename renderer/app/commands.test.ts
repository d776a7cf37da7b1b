import { expect, test } from "vitest";
import { type Command, search } from "./commands.ts";

const command = (label: string, note = "", group: Command["group"] = "Runs"): Command => ({
	...{ id: label, label, note, group, icon: null, keys: null },
	run: () => {},
});
const commands = [
	command("Compare"),
	command("First run", "Training"),
	command("A second run"),
	command("Runs", "", "Go to"),
];
const labels = (text: string) => search(commands, text).map(({ label }) => label);

test("nothing typed gives everything in order", () => {
	expect(labels("  ")).toEqual(["Compare", "First run", "A second run", "Runs"]);
});

test("a label that begins with the text comes before one whose word does", () => {
	expect(labels("run")).toEqual(["Runs", "First run", "A second run", "Compare"]);
});

test("every word must be found, in the label, the note or the group", () => {
	expect(labels("run training")).toEqual(["First run"]);
	expect(labels("go runs")).toEqual(["Runs"]);
	expect(labels("nothing like it")).toEqual([]);
});
