import { beforeAll, describe, expect, it } from "vitest";
import type { RunConfigInput } from "../contract/resolve.ts";
import { losses } from "../losses/index.ts";
import { expectClose } from "../losses/testing/close.ts";
import type { Parameters } from "./adamw.ts";
import { microBatches } from "./batches.ts";
import { type TinyRun, tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories, fivePairs } from "./testing/trajectories.ts";

/** Of how far a tensor has gone, which is far stricter than of the tensor itself. */
const TOLERANCE = 5e-4;
/** More than any micro-batch needs: with 64 tokens of vocabulary, the head is worked off in 8 chunks. */
const EIGHT_CHUNKS = 2 ** 23;

let run: TinyRun;
let paired: TinyRun;
beforeAll(async () => {
	const source = await tinyModel();
	const runOn = async (trajectories: TinyRun["trajectories"]): Promise<TinyRun> => ({
		source,
		trajectories,
		reference: await tinyReference(source, trajectories),
		referenceOf: (others) => tinyReference(source, others),
	});
	run = await runOn(eightTrajectories());
	paired = await runOn(fivePairs());
});

/** Parameters and metrics after all steps of a run, and the parameters it began with. */
async function train(input: RunConfigInput) {
	// A larger epsilon keeps AdamW from turning rounding errors of vanishing gradients into whole steps.
	const config = tinyConfig({ eps: 1e-5, ...input });
	const own = config.method === "dpo" ? paired : run;
	const reference = losses[config.method].needsReference ? own.reference : null;
	return withTrainer({ ...own, reference }, config, async (trainer) => {
		const initial: Parameters = new Map([...trainer.state.parameters].map(([n, p]) => [n, p.slice()]));
		const metrics = [];
		while (!trainer.finished) metrics.push(await trainer.step());
		return { initial, parameters: trainer.state.parameters, metrics };
	});
}

/** How far each tensor has gone from where it began. */
function movement({
	initial,
	parameters,
}: Pick<Awaited<ReturnType<typeof train>>, "initial" | "parameters">) {
	return new Map(
		[...parameters].map(([name, values]) => {
			const before = initial.get(name) ?? [];
			return [name, Float64Array.from(values, (x, i) => x - (before[i] as number))] as const;
		}),
	);
}

const methods: Record<string, RunConfigInput> = {
	"DQO, LoRA": { valueWarmupEpochs: 1, lambda: 0.9 },
	"DQO, all weights": { adapter: { type: "full" }, valueWarmupEpochs: 1 },
	"DQO, shared value function": { valueFunction: "shared", valueWarmupEpochs: 1, lambda: 0.5 },
	"SFT, LoRA": { method: "sft" },
	"DPO, LoRA": { method: "dpo", labelSmoothing: 0.1, globalBatch: 3, epochs: 2 },
	// Steps of five and of three responses: the baseline is each step's own, whatever runs at once.
	"KTO, LoRA": { method: "kto", beta: 1, globalBatch: 5, epochs: 2, undesirableWeight: 1.5 },
	"DRO, LoRA": { method: "dro", valueWarmupEpochs: 1 },
};
const layouts: Record<string, RunConfigInput> = {
	"one response at a time": { sharePrompts: false, microTokens: 1 },
	"several micro-batches of unshared prompts, recomputed": {
		sharePrompts: false,
		microTokens: 34,
		recompute: true,
	},
	"prompts shared, several micro-batches": { sharePrompts: true, microTokens: 40 },
	"prompts shared, head in chunks": { sharePrompts: true, microTokens: EIGHT_CHUNKS },
};

describe.each(Object.entries(methods))("%s", (_, method) => {
	let whole: Awaited<ReturnType<typeof train>>;
	beforeAll(async () => {
		whole = await train({ ...method, sharePrompts: false, microTokens: 1000 });
	});

	it("moves every trained tensor", () => {
		for (const [name, change] of movement(whole))
			expect(Math.max(...change.map(Math.abs)), name).toBeGreaterThan(1e-4);
	});

	it.each(Object.entries(layouts))("ends at the same parameters: %s", async (_, layout) => {
		const { parameters, metrics } = await train({ ...method, ...layout });
		expect([...parameters.keys()]).toEqual([...whole.parameters.keys()]);
		const moved = movement(whole);
		for (const [name, change] of movement({ ...whole, parameters }))
			expectClose(change, moved.get(name) ?? [], TOLERANCE, name);
		metrics.forEach((step, i) => {
			const expected = whole.metrics[i];
			for (const key of ["policyLoss", "valueLoss", "policyGradNorm", "valueGradNorm"] as const) {
				const [a, e] = [step[key], expected?.[key] ?? null];
				if (a === null || e === null) expect(a).toBe(e);
				else expectClose([a], [e], 1e-4, key);
			}
		});
	});
});

it("runs the micro-batches that these tests speak of", () => {
	const sizes = ({ sharePrompts = true, microTokens = 0 }: RunConfigInput) =>
		microBatches(run.trajectories, { sharePrompts, microTokens, lengthMultiple: 1 }).map(
			(batch) => batch.slots.filter(Boolean).length,
		);
	const [one, several, shared, chunks] = Object.values(layouts).map(sizes);
	expect(one).toHaveLength(8);
	expect(several?.length).toBeGreaterThan(2);
	expect(shared?.length).toBeGreaterThan(1);
	expect(chunks).toEqual([8]);
});
