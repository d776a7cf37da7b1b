import { applyTemplate } from "../contract/task.ts";
import type { Message } from "./message.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Token ids of a prompt up to where the response starts: the template where the prompt is text, then the model's chat
 * template. Training, generation and evaluation all read prompts through it, so that they agree token by token.
 */
export function encodePrompt(
	prompt: string | readonly Message[],
	template: string,
	tokenizer: Tokenizer,
): number[] {
	return tokenizer.renderPrompt(typeof prompt === "string" ? applyTemplate(template, prompt) : prompt);
}
