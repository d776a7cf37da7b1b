import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Example } from "../datasets/types.ts";
import { segmentEnds } from "../tokenizers/segment-ends.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizers/tokenizer.ts";
import { encodeTrajectories } from "./trajectories.ts";

const STARTER = fileURLToPath(new URL("../../resources/starter/model", import.meta.url));
const segments = ["3+2=5\n", "5*4=20\n", "#### 20"];
let tokenizer: Tokenizer;
let eos: number;
beforeAll(async () => {
	tokenizer = await loadTokenizer(STARTER);
	eos = tokenizer.eosIds[0] as number;
});

/** Reward of each token of a wrong response, -1 in all, whose first two of three segments score 1. */
function rewardsOf(responseTokenIds: number[], example: Partial<Example> = {}): number[] {
	const row = { row: 1, prompt: "How many?", promptKey: "key", response: segments.join(""), reward: -1 };
	const scored = { ...row, segments, segmentRewards: [1, 1, 0.5], responseTokenIds, ...example };
	const settings = {
		template: "{problem}",
		maxPromptTokens: 100,
		maxResponseTokens: 100,
		processRewardScale: 3,
	};
	const { trajectories } = encodeTrajectories([scored], tokenizer, settings);
	return Array.from(trajectories[0]?.rewards ?? []);
}

/** One token a character: another split than the tokenizer's own, as sampling may give. */
const characters = (text: string) => [...text].flatMap((character) => tokenizer.encode(character));

describe("process rewards of sampled tokens", () => {
	it("land on the token of the line break that ends a segment, the outcome on the end token", () => {
		const ids = [...characters(segments.join("")), eos];
		expect(ids).toHaveLength(6 + 7 + 7 + 1);
		const expected = new Array(ids.length).fill(0);
		expected[5] = 1;
		expected[12] = 1;
		expected[19] = 0.5;
		expected[20] = -1;
		expect(rewardsOf(ids)).toEqual(expected);
	});

	it("meet the outcome on the last token of a response that was cut without an end token", () => {
		const ids = characters(segments.join(""));
		expect(rewardsOf(ids).at(-1)).toBe(-0.5);
		expect(rewardsOf(ids).filter((reward) => reward !== 0)).toEqual([1, 1, -0.5]);
	});

	it("all land on the only token of a response that ended at once", () => {
		expect(rewardsOf([eos], { response: "", segments: [""], segmentRewards: [1] })).toEqual([2]);
	});
});

describe("segmentEnds", () => {
	/** A tokenizer of bytes: a character of several bytes is only there with the last of them. */
	const bytes = { decode: (ids: readonly number[]) => Buffer.from(ids).toString("utf8") };

	it("waits for whole characters", () => {
		const parts = ["a😀\n", "é"];
		const ids = [...Buffer.from(parts.join(""))];
		expect(segmentEnds(ids, parts, bytes)).toEqual([6, 8]);
		const swapped = ["é", "😀", "b"];
		expect(segmentEnds([...Buffer.from(swapped.join(""))], swapped, bytes)).toEqual([2, 6, 7]);
	});

	it("ends several segments on one token that completes them, and cut ones on the last", () => {
		const words = ["ab\n", "\n\nc", "d"];
		const merged = { decode: (ids: readonly number[]) => ids.map((id) => words[id]).join("") };
		expect(segmentEnds([0, 1, 2], ["ab\n\n", "\n", "cd"], merged)).toEqual([2, 2, 3]);
		expect(segmentEnds([0, 1], ["ab\n", "\n\nc", "d"], merged)).toEqual([1, 2, 2]);
	});
});
