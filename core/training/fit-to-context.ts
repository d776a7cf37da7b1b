import type { RunConfig } from "../contract/run.ts";

/** Token limits that leave room for prompt and response in the model's context. */
export function fitToContext(
	config: Pick<RunConfig, "maxPromptTokens" | "maxResponseTokens">,
	maxPosition: number,
) {
	const maxResponseTokens = Math.min(config.maxResponseTokens, maxPosition - 1);
	const maxPromptTokens = Math.min(
		config.maxPromptTokens,
		maxPosition - Math.min(maxResponseTokens, maxPosition >> 1),
	);
	return { maxPromptTokens, maxResponseTokens: Math.min(maxResponseTokens, maxPosition - maxPromptTokens) };
}
