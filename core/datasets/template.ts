import { applyTemplate as fill, PROMPT_TEMPLATES } from "../contract/task.ts";
import type { Example } from "./types.ts";

/** The named prompt templates: the paper's for GSM8K and MATH (appendix A), and none. */
const TEMPLATES = {
	none: PROMPT_TEMPLATES.plain,
	gsm8k: PROMPT_TEMPLATES.gsm8k,
	math: PROMPT_TEMPLATES.math,
} as const;
export type TemplateName = keyof typeof TEMPLATES;

const isName = (template: string): template is TemplateName => Object.hasOwn(TEMPLATES, template);

/**
 * The example with its problem put into a template, given by name or as text with `{problem}` in it; in a
 * conversation, the last user message is the problem. The prompt key stays that of the bare problem.
 */
export function applyTemplate(example: Example, template: string): Example {
	const text = isName(template) ? TEMPLATES[template] : template;
	const { prompt } = example;
	if (typeof prompt === "string") return { ...example, prompt: fill(text, prompt) };
	const last = prompt.findLastIndex((message) => message.role === "user");
	const put = prompt.map((message, i) =>
		i === last ? { ...message, content: fill(text, message.content) } : message,
	);
	return { ...example, prompt: put };
}
