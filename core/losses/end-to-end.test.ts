import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostTensor } from "../runtime/tensors.ts";
import { expectClose } from "./testing/close.ts";
import {
	END_TO_END,
	type EndToEnd,
	endToEnd,
	type FixtureTrajectory,
	groupFeeds,
	readFixture,
} from "./testing/end-to-end.ts";

const TOLERANCE = 1e-4;
/** LoRA tensors of a layer: 7 linear layers, A and B. */
const LORA_TENSORS = 14;

type Groups = FixtureTrajectory[][];

/** The ways to lay out one step: micro-batches of groups of responses. */
const arrangements: Record<string, (all: readonly FixtureTrajectory[]) => Groups[]> = {
	"prompts shared": (all) => [byPrompt(all)],
	"prompts not shared": (all) => [all.map((t) => [t])],
	"one response at a time": (all) => all.map((t) => [[t]]),
	"groups of unequal size, in two micro-batches": (all) => [
		byPrompt(all.slice(0, 4)),
		byPrompt(all.slice(4)),
	],
};

function byPrompt(all: readonly FixtureTrajectory[]): Groups {
	const groups = new Map<string, FixtureTrajectory[]>();
	for (const t of all) groups.set(t.prompt.join(), [...(groups.get(t.prompt.join()) ?? []), t]);
	return [...groups.values()];
}

function floats(tensor: HostTensor | undefined): Float32Array {
	if (!(tensor?.data instanceof Float32Array)) throw new Error("a float tensor was expected");
	return tensor.data;
}

for (const name of END_TO_END) {
	const fixture = readFixture(name);
	const { trajectories } = fixture;
	const separate = fixture.valueAdapter !== null;
	for (const recompute of [false, true]) {
		describe(`${name}${recompute ? ", recomputed, head in chunks" : ""}`, () => {
			let built: EndToEnd;
			beforeAll(async () => {
				built = await endToEnd(fixture, recompute);
			});
			afterAll(() => built.session.release());

			it("trains every tensor of both networks and has a gradient of each", () => {
				expect(built.trained.size).toBe((separate ? 2 : 1) * built.layers * LORA_TENSORS + 1);
				const gradients = [...fixture.tensors.keys()].filter((key) => key.includes(".grad."));
				expect([...built.trained.values()].sort()).toEqual(gradients.sort());
				for (const input of built.trained.keys()) expect(built.session.outputNames).toContain(`d ${input}`);
			});

			for (const [title, arrange] of Object.entries(arrangements)) {
				it(`has the losses and gradients of PyTorch, ${title}`, async () => {
					const sums = new Map<string, Float64Array>();
					for (const groups of arrange(trajectories)) {
						const feeds = groupFeeds(groups, 1 / trajectories.length, built.lengthMultiple);
						const out = await built.session.run({ ...built.parameters, ...feeds });
						expectTrajectories(groups, out);
						for (const key of [
							"policyLoss",
							"valueLoss",
							...[...built.trained.keys()].map((k) => `d ${k}`),
						]) {
							const part = floats(out[key]);
							const sum = sums.get(key) ?? new Float64Array(part.length);
							sums.set(
								key,
								sum.map((x, i) => x + (part[i] as number)),
							);
						}
					}
					const summed = (key: string) => sums.get(key) ?? [];
					expectClose(summed("policyLoss"), [fixture.policyLoss], TOLERANCE, "policy loss");
					expectClose(summed("valueLoss"), [fixture.valueLoss], TOLERANCE, "value loss");
					for (const [input, gradient] of built.trained) {
						const expected = fixture.tensors.get(gradient);
						if (!expected) throw new Error(`the fixture has no ${gradient}`);
						expectClose(summed(`d ${input}`), expected.load(), TOLERANCE, gradient);
					}
				});
			}
		});
	}
}

/** Log-probs, values, returns and weights of each response. */
function expectTrajectories(groups: Groups, out: Record<string, HostTensor>): void {
	const { logProbs } = out;
	if (!logProbs) throw new Error("no log-probs");
	const [, K, T] = logProbs.shape as [number, number, number];
	groups.forEach((group, p) => {
		group.forEach((t, k) => {
			const row = (name: string) =>
				floats(out[name]).subarray((p * K + k) * T, (p * K + k) * T + t.response.length);
			expectClose(row("logProbs"), t.logp, TOLERANCE, "log-probs");
			expectClose(row("values"), t.value, TOLERANCE, "values");
			expectClose(row("returns"), t.returns, TOLERANCE, "returns");
			expectClose([floats(out.weights)[p * K + k] as number], [t.weight], TOLERANCE, "weight");
		});
	});
}
