import { describe, expect, test } from "vitest";
import { parseHfConfig } from "../../core/models/config.ts";
import { RECIPE } from "./recipe.ts";
import { initialWeights, starterConfig } from "./weights.ts";

const config = starterConfig(RECIPE.shape, 503);
const weights = initialWeights(RECIPE, config);

describe("starter weights", () => {
	test("the configuration is a Llama that the product reads, with the end token as EOS", () => {
		expect(parseHfConfig(config)).toMatchObject({
			family: "llama",
			vocabSize: 503,
			headDim: 32,
			tiedEmbeddings: true,
			eosIds: [1],
			bosId: null,
			ropeScaling: null,
		});
	});

	test("between half a million and one and a half million parameters", () => {
		const count = [...weights.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
		// Embedding 503 x 128; per layer 4 x 128^2 attention, 3 x 128 x 320 MLP, 2 x 128 norms; final norm 128.
		expect(count).toBe(503 * 128 + 3 * (4 * 128 ** 2 + 3 * 128 * 320 + 2 * 128) + 128);
		expect(count > 500_000 && count < 1_500_000).toBe(true);
	});

	test("values have the recipe's spread, norms are one, and the same seed gives the same values", () => {
		const values = (name: string) => weights.get(name)?.load() ?? new Float32Array();
		// Four standard errors of a deviation estimated from n draws, 1 / sqrt(2n) relative.
		const spreads = (name: string, deviation: number) => {
			const v = values(name);
			const spread = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0) / v.length);
			expect(Math.abs(spread / deviation - 1), name).toBeLessThan(4 / Math.sqrt(2 * v.length));
		};
		spreads("model.embed_tokens.weight", 0.05);
		spreads("model.layers.0.self_attn.q_proj.weight", 0.05);
		spreads("model.layers.2.mlp.down_proj.weight", 0.05 / Math.sqrt(6));
		expect(new Set(values("model.norm.weight"))).toEqual(new Set([1]));
		const again = initialWeights(RECIPE, config).get("model.embed_tokens.weight");
		expect(again?.load()).toEqual(values("model.embed_tokens.weight"));
	});
});
