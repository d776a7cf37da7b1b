import { beforeAll, describe, expect, it } from "vitest";
import type { StepMetrics } from "../contract/metrics.ts";
import { expectClose } from "../losses/testing/close.ts";
import type { ModelWeights } from "../models/hf/load.ts";
import { accumulate, globalNorm, newAdamWState, type Parameters } from "./adamw.ts";
import { mismatch, runBatches } from "./batch-runner.ts";
import { epochSteps } from "./batches.ts";
import { policyTensors } from "./policy.ts";
import { StepGraph } from "./step-graph.ts";
import { SESSION, type TinyRun, tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories, tokens, trajectory } from "./testing/trajectories.ts";
import type { Trajectory } from "./trajectories.ts";

const config = tinyConfig({ method: "kto", beta: 0.7, desirableWeight: 1.5, globalBatch: 5, clipNorm: 1e6 });
const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);

describe("prompts paired with other prompts' responses", () => {
	const responses = (list: readonly Trajectory[]) => list.map((t) => t.response[0]);
	const answer = (row: number, prompt: string) =>
		trajectory(row, tokens(3, prompt.charCodeAt(0)), [10 + row], { promptKey: prompt });

	it("take the nearest response before, the step being a circle", () => {
		const step = ["a", "b", "b", "b", "a", "c"].map((prompt, row) => answer(row, prompt));
		const found = mismatch(step);
		expect(responses(found)).toEqual([15, 10, 10, 10, 13, 14]);
		expect(found.map((t) => [t.row, t.promptKey, t.prompt])).toEqual(
			step.map((t) => [t.row, t.promptKey, t.prompt]),
		);
		expect(found.every((t) => t.correct === null && sum(t.rewards) === 0)).toBe(true);
	});

	it("never answer their own prompt where there is another, wherever it stands", () => {
		for (let other = 0; other < 5; other++) {
			const step = Array.from({ length: 5 }, (_, row) => answer(row, row === other ? "b" : "a"));
			mismatch(step).forEach(({ response, promptKey }) => {
				expect(step.find((t) => t.response[0] === response[0])?.promptKey).not.toBe(promptKey);
			});
		}
	});

	it("take another response in a step of one prompt, and none in a step of one response", () => {
		const step = [0, 1, 2].map((row) => answer(row, "a"));
		expect(responses(mismatch(step)).every((first, i) => first !== 10 + i)).toBe(true);
		expect(mismatch(step.slice(0, 1))).toEqual([]);
	});
});

describe("KTO's baseline", () => {
	let run: TinyRun;
	let model: ModelWeights;
	let trained: Parameters;
	beforeAll(async () => {
		model = await tinyModel();
		const source = model;
		const trajectories = eightTrajectories();
		run = {
			source,
			trajectories,
			reference: await tinyReference(source, trajectories),
			referenceOf: (others) => tinyReference(source, others),
		};
		// Imitating the responses raises the probability of all their tokens, after other prompts too.
		trained = await withTrainer(run, tinyConfig({ method: "sft", lr: 5e-3, epochs: 5 }), async (trainer) => {
			while (!trainer.finished) await trainer.step();
			return trainer.state.parameters;
		});
	});

	/** The trained policy, or the one as far from the reference on its other side. */
	const parametersOf = (side: 1 | -1): Parameters =>
		new Map(
			[...trained].map(([name, x]) => [
				name,
				name.endsWith("lora_B.weight") ? x.map((v) => side * v) : x.slice(),
			]),
		);

	/** One step of KTO from these parameters. */
	async function step(parameters: Parameters): Promise<StepMetrics> {
		const copy = new Map([...parameters].map(([name, x]) => [name, x.slice()]));
		const state = {
			step: 0,
			parameters: copy,
			optimizers: { policy: newAdamWState(copy), value: newAdamWState(new Map()) },
			lossWatch: { lowest: null, high: 0 },
			lossScale: null,
		};
		return withTrainer({ ...run, state }, config, (trainer) => trainer.step());
	}

	/** z0, the loss and the norm of its gradient, worked out from log-probs of merged weights alone. */
	async function byHand(parameters: Parameters) {
		const source = model;
		const [first] = epochSteps(run.trajectories, { ...config, mixPrompts: true }, 0) as [Trajectory[]];
		const partners = first.map((own, i) => {
			for (let j = i - 1; ; j--) {
				const before = first.at(j % first.length) as Trajectory;
				if (before.promptKey !== own.promptKey) return { ...own, response: before.response };
			}
		});
		const graph = await StepGraph.create(source, config, "train", SESSION);
		const tensors = policyTensors(model.tensors, parameters, graph.trained, config.adapter);
		const both = [...first, ...partners];
		const [now, then] = [
			await tinyReference({ ...source, tensors }, both),
			await tinyReference(source, both),
		];
		const rho = (t: Trajectory) => sum(now(t)) - sum(then(t));
		const mean = sum(partners.map(rho)) / partners.length;
		const z0 = Math.max(0, mean);
		const { beta, desirableWeight } = config;
		const losses = first.map((t) => {
			const gain = t.correct ? rho(t) - z0 : z0 - rho(t);
			return (t.correct ? desirableWeight : 1) * (1 - 1 / (1 + Math.exp(-beta * gain)));
		});
		const gradients: Parameters = new Map();
		await runBatches(graph, first, {
			config,
			vocabSize: source.config.vocabSize,
			parameters,
			reference: run.reference,
			baseline: z0,
			betweenBatches: async () => {},
			onOutputs: (_, outputs) => accumulate(gradients, outputs.gradients),
		});
		await graph.release();
		return { mean, z0, loss: sum(losses) / losses.length, norm: globalNorm(gradients) };
	}

	it.each([1, -1] as const)(
		"is a whole step's and a constant to the gradient (policy moved by %d)",
		async (side) => {
			const parameters = parametersOf(side);
			const expected = await byHand(parameters);
			expect(Math.sign(expected.mean)).toBe(side);
			expect(Math.abs(expected.mean)).toBeGreaterThan(0.1);
			expect(expected.z0 > 0).toBe(side === 1);
			const metrics = await step(parameters);
			expectClose([metrics.policyLoss as number], [expected.loss], 1e-4);
			expectClose([metrics.policyGradNorm as number], [expected.norm], 1e-4);
		},
	);

	it("is the same in a held-out loss, and 0 where a response is alone", async () => {
		const [alone] = run.trajectories;
		await withTrainer(run, config, async (trainer) => {
			const { policyLoss } = await trainer.heldOut([alone as Trajectory], run.reference);
			// At the reference: 1.5 (1 - sigmoid(0)).
			expect(policyLoss).toBeCloseTo(0.75, 5);
		});
	});
});
