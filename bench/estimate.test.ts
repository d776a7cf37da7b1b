import { expect, it } from "vitest";
import { resolveRunConfig } from "../core/contract/resolve.ts";
import { parseHfConfig } from "../core/models/config.ts";
import { estimate } from "../core/training/estimate.ts";
import { ESTIMATE_CASES, modelConfig, settingsOf } from "./estimate-cases.ts";

it.each(ESTIMATE_CASES)("the memory of $name is estimated within 15 %", (own) => {
	const run = resolveRunConfig({ modelDir: "m", dataPath: "d", ...settingsOf(own) });
	const { promptTokens, responseTokens } = own;
	const perPrompt = run.method === "dpo" ? own.perPrompt / 2 : own.perPrompt;
	const { memory } = estimate({
		...{ model: parseHfConfig(modelConfig(own)), run, provider: "cpu", cores: 2 },
		// Of six prompts one is held out.
		data: {
			...{ items: 5 * perPrompt, prompts: 5 },
			promptTokens: { mean: promptTokens, max: promptTokens },
			responseTokens: { mean: responseTokens, max: responseTokens },
		},
		heldOut: { items: perPrompt, prompts: 1 },
	});
	const ratio = memory.totalBytes / 2 ** 20 / own.measuredMiB;
	if (process.env.DQO_SHOW)
		console.log(own.name, own.measuredMiB, Math.round(memory.totalBytes / 2 ** 20), ratio.toFixed(3));
	expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
});
