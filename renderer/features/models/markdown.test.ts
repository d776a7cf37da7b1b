import { expect, test } from "vitest";
import { parseInline, parseMarkdown } from "./markdown.ts";

test("headings, paragraphs, lists, tables, code and rules are told apart", () => {
	const card = [
		"# Model",
		"One line",
		"and its end.",
		"",
		"- first",
		"  goes on",
		"- second",
		"1. third",
		"```py",
		"# no heading",
		"```",
		"| a | b |",
		"|---|:-:|",
		"| 1 | 2 |",
		"---",
	].join("\n");
	const blocks = parseMarkdown(card);
	expect(blocks.map(({ kind }) => kind)).toEqual(["heading", "paragraph", "list", "code", "table", "rule"]);
	expect(blocks[1]).toEqual({ kind: "paragraph", inline: [{ kind: "text", text: "One line and its end." }] });
	expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ text: "first goes on" }], [{}], [{}]] });
	expect(blocks[3]).toEqual({ kind: "code", text: "# no heading" });
	expect(blocks[4]).toMatchObject({
		rows: [
			[[{ text: "a" }], [{ text: "b" }]],
			[[{ text: "1" }], [{ text: "2" }]],
		],
	});
});

test("emphasis, code and links are told from text, and names with underscores are left whole", () => {
	expect(parseInline("**Bold**, `x_y`, *so* and [paper](https://arxiv.org/abs/2410.09302).")).toEqual([
		{ kind: "strong", text: "Bold" },
		{ kind: "text", text: ", " },
		{ kind: "code", text: "x_y" },
		{ kind: "text", text: ", " },
		{ kind: "em", text: "so" },
		{ kind: "text", text: " and " },
		{ kind: "link", text: "paper", href: "https://arxiv.org/abs/2410.09302" },
		{ kind: "text", text: "." },
	]);
	expect(parseInline("is_correct and max_new_tokens")).toEqual([
		{ kind: "text", text: "is_correct and max_new_tokens" },
	]);
});

test("HTML is left out, and an image is its words", () => {
	expect(parseInline('<img src="x" onerror="alert(1)"><b>safe</b> ![logo](a.png)')).toEqual([
		{ kind: "text", text: "safe " },
		{ kind: "text", text: "logo" },
	]);
	expect(parseMarkdown("<div align='center'>\n</div>")).toEqual([]);
});
