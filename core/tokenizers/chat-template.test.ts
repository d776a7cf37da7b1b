import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { compileChatTemplate } from "./chat-template.ts";
import type { TokenizerFiles } from "./files.ts";
import type { Message } from "./message.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FIXTURES = path.join(ROOT, "fixtures/tokenizers");

interface Fixture {
	specials: Record<string, string>;
	chats: Message[][];
	templates: Record<string, string>;
	/** By template and chat: with and without the generation prompt; null where transformers refuses. */
	results: Record<string, [string | null, string | null][]>;
}
const fixture = JSON.parse(readFileSync(path.join(FIXTURES, "chat-templates.json"), "utf8")) as Fixture;

function published(name: string): string {
	const own = path.join(FIXTURES, "templates", `${name}.jinja`);
	if (["mistral_nemo", "qwen3"].includes(name)) return readFileSync(own, "utf8");
	const config = path.join(ROOT, "node_modules/@lenml", `tokenizer-${name}`, "models/tokenizer_config.json");
	return JSON.parse(readFileSync(config, "utf8")).chat_template;
}

function files(template: string | null): TokenizerFiles {
	return {
		tokenizer: { model: {}, added_tokens: [] },
		tokenizerConfig: fixture.specials,
		config: {},
		generationConfig: {},
		templateFile: template,
	};
}

function render(template: string, messages: Message[], generationPrompt = true): string {
	return compileChatTemplate(files(template), "the folder")?.(messages, generationPrompt) ?? "";
}

function attempt(action: () => unknown): unknown {
	try {
		return action();
	} catch (error) {
		return error;
	}
}

it.each(Object.entries(fixture.results))("%s renders as in transformers", (name, results) => {
	const template = fixture.templates[name] ?? published(name);
	results.forEach((expected, i) => {
		const chat = fixture.chats[i] as Message[];
		expected.forEach((text, j) => {
			if (text !== null) expect(render(template, chat, j === 0)).toBe(text);
			else expect(() => render(template, chat, j === 0)).toThrow(AppError);
		});
	});
});

describe("a template that would never end", () => {
	const user: Message[] = [{ role: "user", content: "x" }];
	const doubled = (start: string) =>
		`{% set ns = namespace(x=${start}) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}`;
	const long = (one: string) => `{% set x = ${one} %}${"{% set x = x + x %}".repeat(16)}`;
	const tens = (depth: number) =>
		`${"{% for i in range(1000) %}".repeat(depth)}x${"{% endfor %}".repeat(depth)}`;
	it.each([
		["an endless range", "{% for i in range(1000000000) %}x{% endfor %}", "too long"],
		["a range without a step", "{{ range(0, 9, 0) | list }}", "too long"],
		["loops in loops", tens(4), "end"],
		["lists in a loop", "{% for i in range(9999) %}{{ range(99999) | length }}{% endfor %}", "end"],
		[
			"texts in a loop",
			`${long("'a'")}{% for i in range(9999) %}{{ x | upper | length }}{% endfor %}`,
			"end",
		],
		["slices in a loop", `${long("[1]")}{% for i in range(9999) %}{{ x[1:] | length }}{% endfor %}`, "end"],
		["text that doubles", doubled("'ab'"), "too long"],
		["a list that doubles", doubled("[1]"), "too long"],
		["a macro that calls itself", "{% macro f(f) %}{{ f(f) }}{% endmacro %}{{ f(f) }}", "call stack"],
		["an endless indent", "{{ 'a\nb' | indent(2000000000) }}", "length"],
		["very deep brackets", `{{ ${"(".repeat(20_000)}1${")".repeat(20_000)} }}`, "call stack"],
	])("is refused: %s", (_, template, message) => {
		const before = process.memoryUsage.rss();
		const started = performance.now();
		const error: unknown = attempt(() => render(template, user));
		expect(error).toBeInstanceOf(AppError);
		expect(String(error)).toContain(message);
		// A second each is what is promised of an idle machine.
		expect(performance.now() - started).toBeLessThan(20_000);
		expect(process.memoryUsage.rss() - before).toBeLessThan(800e6);
	});
});
