import type { Example } from "../datasets/types.ts";

/** An example as a row that reads back as the same example, in the form that holds what it has. */
export function rowOf(example: Example): Record<string, unknown> {
	const { prompt, reference, response, segments, segmentRewards } = example;
	if (example.chosen !== undefined) {
		return {
			prompt,
			chosen: example.chosen,
			rejected: example.rejected,
			reference,
			chosen_token_ids: example.chosenTokenIds,
			rejected_token_ids: example.rejectedTokenIds,
		};
	}
	const scored = example.reward !== undefined || example.label !== undefined;
	// Steps with labels of their own and no verdict on the whole have a form of their own.
	if (segments && segmentRewards && !scored) {
		return { prompt, completions: segments, labels: segmentRewards, reference };
	}
	return {
		prompt,
		completion: response,
		// A label alone counts as this very reward, and reads back as it.
		reward:
			example.label !== undefined && example.reward === Number(example.label) ? undefined : example.reward,
		label: example.label,
		reference,
		source: example.source,
		segments,
		segment_rewards: segmentRewards,
		behaviour_logprobs: example.behaviourLogprobs,
		response_token_ids: example.responseTokenIds,
	};
}
