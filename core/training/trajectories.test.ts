import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Example } from "../datasets/types.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { encodeTrajectories } from "./trajectories.ts";

const STARTER = fileURLToPath(new URL("../../resources/starter/model", import.meta.url));
const prompt = "Ben has 3 coins. He finds 2 coins. How many coins does Ben have now?";
const response = "3+2=5\n#### 5";

let tokenizer: Tokenizer;
beforeAll(async () => {
	tokenizer = await loadTokenizer(STARTER);
});

const options = {
	template: "{problem}",
	maxPromptTokens: 100,
	maxResponseTokens: 100,
	processRewardScale: 1,
};

function encode(example: Partial<Example>, settings: Partial<typeof options> = {}) {
	const rows = [{ row: 7, prompt, promptKey: "key", response, ...example }];
	return encodeTrajectories(rows, tokenizer, { ...options, ...settings });
}

function one(example: Partial<Example>, settings: Partial<typeof options> = {}) {
	const [trajectory, ...more] = encode(example, settings).trajectories;
	if (!trajectory || more.length > 0) throw new Error("one trajectory was expected");
	return trajectory;
}

describe("the tokens of a trajectory", () => {
	it("are the prompt as the chat template writes it and the response with an end token", () => {
		const t = one({}, { template: "Solve: {problem}" });
		expect(t.prompt).toEqual(tokenizer.renderPrompt(`Solve: ${prompt}`));
		expect(t.response.slice(0, -1)).toEqual(tokenizer.encode(response));
		expect(t.response.at(-1)).toBe(tokenizer.eosIds[0]);
		expect([t.row, t.promptKey, t.correct, t.behaviour]).toEqual([7, "key", null, null]);
	});

	it("have one end token where the text has one already", () => {
		const end = tokenizer.idToToken(tokenizer.eosIds[0] as number);
		expect(one({ response: response + end }).response).toEqual(one({}).response);
	});

	it("are those that were sampled where the data kept them, without an end token when they were cut", () => {
		const sampled = tokenizer.encode("3+2=");
		expect(one({ responseTokenIds: sampled }).response).toEqual(sampled);
	});

	it("are the reference solution where there is no response", () => {
		const [t] = encodeTrajectories(
			[
				{ row: 1, prompt, promptKey: "a", reference: "2+2=4" },
				{ row: 2, prompt, promptKey: "b" },
			],
			tokenizer,
			options,
		).trajectories;
		expect(tokenizer.decode(t?.response ?? [])).toBe("2+2=4");
		expect(t?.row).toBe(1);
	});

	it("keep their start when there are too many, and the row is told", () => {
		const whole = one({ label: true });
		const { trajectories, cutResponses, longPrompts } = encode({ label: true }, { maxResponseTokens: 3 });
		expect([cutResponses, longPrompts]).toEqual([[7], []]);
		expect(trajectories[0]?.response).toEqual(whole.response.slice(0, 3));
		expect(Array.from(trajectories[0]?.rewards ?? [])).toEqual([0, 0, 1]);
		expect(encode({}, { maxResponseTokens: whole.response.length }).cutResponses).toEqual([]);
	});

	it("leave rows out whose prompt is too long, and tell them", () => {
		const { trajectories, longPrompts } = encode({}, { maxPromptTokens: 5 });
		expect([trajectories, longPrompts]).toEqual([[], [7]]);
	});
});

describe("the rewards of a trajectory", () => {
	const rewards = (example: Partial<Example>, settings: Partial<typeof options> = {}) =>
		Array.from(one(example, settings).rewards);
	const onlyLast = (n: number, last: number) => Array.from({ length: n }, (_, i) => (i === n - 1 ? last : 0));

	it("are the outcome on the last token, 1 or 0 for a label alone", () => {
		const n = one({}).response.length;
		expect(rewards({ reward: 0.75 })).toEqual(onlyLast(n, 0.75));
		expect(rewards({ label: true })).toEqual(onlyLast(n, 1));
		expect(rewards({ label: false })).toEqual(onlyLast(n, 0));
		expect(rewards({ label: true, reward: -2 })).toEqual(onlyLast(n, -2));
	});

	it("have each segment's score, divided by their number, on the token that completes it", () => {
		const segments = ["3+2=5\n", "5*4=20\n", "#### 20"];
		const text = segments.join("");
		const example = { response: text, segments, segmentRewards: [1, 0.5, -1], reward: 1 };
		const t = one(example, { processRewardScale: 3 });
		const at = Array.from(t.rewards).flatMap((r, i) => (r === 0 ? [] : [i]));
		const [first, second, third, outcome] = at as [number, number, number, number];
		expect(at).toHaveLength(4);
		expect([first, second, third, outcome].map((i) => t.rewards[i])).toEqual([1, 0.5, -1, 1]);
		expect(outcome).toBe(t.response.length - 1);
		let soFar = "";
		[first, second, third].forEach((i, s) => {
			soFar += segments[s];
			expect(tokenizer.decode(t.response.slice(0, i + 1))).toBe(soFar);
			expect(tokenizer.decode(t.response.slice(0, i)).length).toBeLessThan(soFar.length);
		});
	});

	it("are the outcome alone when process rewards are scaled to nothing", () => {
		const example = { segments: [response], segmentRewards: [5], reward: 1 };
		expect(rewards(example, { processRewardScale: 0 })).toEqual(rewards({ reward: 1 }));
	});

	it("add up to the outcome and the mean score", () => {
		const segments = ["3+2=5", "\n####", " 5"];
		const sum = (settings: Partial<typeof options>) =>
			rewards({ segments, segmentRewards: [0.25, 0.5, 1], reward: 1 }, settings).reduce((a, b) => a + b, 0);
		expect(sum({ processRewardScale: 2 })).toBeCloseTo(1 + (2 * 1.75) / 3, 6);
		// A cut response gets everything that is left on its last token.
		expect(sum({ processRewardScale: 2, maxResponseTokens: 2 })).toBeCloseTo(1 + (2 * 1.75) / 3, 6);
	});
});

it("counts a response as correct by its label, else by a reward above a half", () => {
	expect(one({ label: true, reward: 0 }).correct).toBe(true);
	expect(one({ label: false, reward: 1 }).correct).toBe(false);
	expect(one({ reward: 0.51 }).correct).toBe(true);
	expect(one({ reward: 0.5 }).correct).toBe(false);
	expect(one({}).correct).toBeNull();
});

it("takes behaviour log-probs that fit the tokens, cut as they are", () => {
	const ids = tokenizer.encode("3+2=5");
	const logp = ids.map((_, i) => -i);
	expect(Array.from(one({ responseTokenIds: ids, behaviourLogprobs: logp }).behaviour ?? [])).toEqual(logp);
	const cut = one({ responseTokenIds: ids, behaviourLogprobs: logp }, { maxResponseTokens: 2 });
	expect(Array.from(cut.behaviour ?? [])).toEqual(logp.slice(0, 2));
	const unfit = encode({ responseTokenIds: ids, behaviourLogprobs: [-1] });
	expect(unfit.trajectories[0]?.behaviour).toBeNull();
	expect(unfit.unusedBehaviour).toEqual([7]);
});
