import type { TokenRole } from "../../contract/api-data.ts";
import { applyTemplate } from "../../contract/task.ts";
import type { Prompt } from "../../datasets/types.ts";
import type { Message } from "../../tokenizers/message.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";
import { tokenTexts } from "./token-texts.ts";

const ROLES: Partial<Record<string, TokenRole>> = { system: "system", user: "user", assistant: "assistant" };
/** Stands for a message's content; private characters, which no template treats specially. */
const marker = (i: number): string => `\uE000${i}\uE001`;

/**
 * The role of each token of a prompt: that of the message whose content it belongs to, `template` for all that the chat
 * template puts around. Where contents lie is found by rendering the conversation a second time with marks in their place.
 */
export function promptRoles(
	prompt: Prompt,
	template: string,
	texts: readonly string[],
	tokenizer: Tokenizer,
): TokenRole[] {
	const messages: readonly Message[] =
		typeof prompt === "string" ? [{ role: "user", content: applyTemplate(template, prompt) }] : prompt;
	const whole = texts.join("");
	const spans = contentSpans(messages, whole, tokenizer);
	let at = 0;
	return texts.map((text) => {
		const middle = at + text.length / 2;
		at += text.length;
		const span = spans.find(({ from, to }) => middle >= from && middle <= to && from < to);
		return span?.role ?? "template";
	});
}

interface Span {
	from: number;
	to: number;
	role: TokenRole;
}

function contentSpans(messages: readonly Message[], whole: string, tokenizer: Tokenizer): Span[] {
	const around = surroundings(messages, tokenizer);
	let at = 0;
	return messages.flatMap(({ role, content }, i) => {
		// Templates may trim contents, so the trimmed content is looked for, after what stands before it.
		const text = content.trim();
		const before = around?.[i] ?? "";
		const start = before === "" || whole.startsWith(before, at) ? at + before.length : at;
		const from = whole.indexOf(text, start);
		if (text === "" || from === -1) return [];
		at = from + text.length;
		return [{ from, to: at, role: ROLES[role] ?? "user" }];
	});
}

/** What the template puts before each content; null where it refuses the marks or changes them. */
function surroundings(messages: readonly Message[], tokenizer: Tokenizer): string[] | null {
	try {
		const marked = messages.map(({ role }, i) => ({ role, content: marker(i) }));
		let rest = tokenTexts(tokenizer.renderPrompt(marked), tokenizer).join("");
		return messages.map((_, i) => {
			const at = rest.indexOf(marker(i));
			if (at === -1) throw new Error("The mark is gone.");
			const before = rest.slice(0, at);
			rest = rest.slice(at + marker(i).length);
			return before;
		});
	} catch {
		return null;
	}
}
