import { create } from "zustand";
import { PROMPT_TEMPLATES } from "../../../core/contract/task.ts";

/** The model, template and limits that tokens and lengths are shown for; kept while the window is open. */
export interface Limits {
	modelId: string;
	template: string;
	maxPromptTokens: number;
	maxResponseTokens: number;
}

export const useLimits = create<Limits>(() => ({
	modelId: "starter",
	template: PROMPT_TEMPLATES.plain,
	maxPromptTokens: 1024,
	maxResponseTokens: 512,
}));
