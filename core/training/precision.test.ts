import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Precision } from "../contract/run.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { globalNorm } from "./adamw.ts";
import { INITIAL_LOSS_SCALE, nextLossScale, unscale } from "./loss-scale.ts";
import { buildStepGraph } from "./step-graph.ts";
import { SESSION, type TinyRun, tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories } from "./testing/trajectories.ts";
import { Trainer } from "./trainer.ts";

afterEach(() => vi.unstubAllEnvs());

describe.each([
	["llama-tiny", "f16"],
	["qwen2-tiny", "f16"],
	["llama-tiny", "bf16"],
	["gemma2-tiny", "bf16"],
] as const)("%s in %s", (name, half) => {
	const scaled = half === "f16" ? INITIAL_LOSS_SCALE.scale : null;

	let run: TinyRun;
	beforeAll(async () => {
		const source = await tinyModel(name);
		const trajectories = eightTrajectories();
		run = { source, trajectories, reference: await tinyReference(source, trajectories) };
	});

	it("holds the matrices of the base in it, all else as f32", () => {
		const { graph } = buildStepGraph(run.source, tinyConfig({ precision: half }), "train");
		const weights = [...graph.initializers.values()].filter(({ value }) => value.name.startsWith("model."));
		expect(weights.length).toBeGreaterThan(10);
		for (const { value } of weights)
			expect(value.dtype, value.name).toBe(value.shape.length === 2 ? half : "f32");
		for (const input of graph.inputs.values()) expect(input.dtype).not.toBe(half);
		for (const output of graph.outputs.values()) expect(output.dtype).toBe("f32");
	});

	it.each([{ type: "lora" as const, rank: 4, alpha: 8 }, { type: "full" as const }])(
		"follows the trajectory of float32: $type",
		async (adapter) => {
			const steps = async (precision: Precision) =>
				withTrainer(run, tinyConfig({ precision, adapter, epochs: 6 }), async (trainer) => {
					const all = [];
					while (!trainer.finished) all.push(await trainer.step());
					return { all, parameters: trainer.state.parameters, scale: trainer.state.lossScale };
				});
			const [whole, narrow] = [await steps("f32"), await steps(half)];
			expect(narrow.all).toHaveLength(6);
			for (const [i, metrics] of narrow.all.entries()) {
				const other = whole.all[i];
				for (const key of ["policyLoss", "valueLoss", "policyGradNorm", "valueGradNorm"] as const)
					expect((metrics[key] as number) / (other?.[key] as number), `step ${i + 1} ${key}`).toBeCloseTo(
						1,
						1.3,
					);
				expect(metrics.lossScale).toBe(scaled);
				expect(other?.lossScale).toBeNull();
			}
			expect(narrow.scale).toEqual(scaled === null ? null : { scale: scaled, goodSteps: 6 });
			expect(whole.scale).toBeNull();
			const difference = new Map(
				[...whole.parameters].map(([key, values]) => [
					key,
					values.map((x, i) => x - (narrow.parameters.get(key)?.[i] as number)),
				]),
			);
			// On a CPU ONNX Runtime takes casts of a trained weight to f16 and back out again.
			if (half === "bf16" || adapter.type === "lora") expect(globalNorm(difference)).toBeGreaterThan(0);
			expect(globalNorm(difference) / globalNorm(whole.parameters)).toBeLessThan(0.02);
		},
	);

	if (half === "bf16") return;
	it("leaves out a step that overflows and halves the scale; the next one counts", async () => {
		const config = tinyConfig({ precision: "f16" });
		await withTrainer(run, config, async (trainer) => {
			trainer.state.lossScale = { scale: 2 ** 130, goodSteps: 7 };
			const before = new Map([...trainer.state.parameters].map(([key, values]) => [key, values.slice()]));
			const left = await trainer.step();
			expect(left).toMatchObject({ step: 1, policyGradNorm: null, valueGradNorm: null, lossScale: 2 ** 129 });
			expect(trainer.state.parameters).toEqual(before);
			expect(trainer.state.optimizers.policy.step).toBe(0);
			trainer.state.lossScale = INITIAL_LOSS_SCALE;
			expect((await trainer.step()).policyGradNorm).toBeGreaterThan(0);
			expect(trainer.state.optimizers.policy.step).toBe(1);
		});
	});
});

it.each(["f16", "bf16"] as const)("maps a copy of the base in %s, made once", async (precision) => {
	vi.stubEnv("DQO_STUDIO_DIR", temporaryFolder());
	const { config, tensors } = await loadModelFolder(
		join(import.meta.dirname, "../../fixtures/models/llama-tiny"),
	);
	const trajectories = eightTrajectories();
	const source = { config, tensors };
	const reference = await tinyReference(source, trajectories);
	const norms: number[] = [];
	for (const mapAboveBytes of [0, Number.POSITIVE_INFINITY]) {
		const trainer = await Trainer.create({
			...{ source, trajectories, reference, config: tinyConfig({ precision }) },
			session: { ...SESSION, mapAboveBytes },
		});
		norms.push((await trainer.step()).valueGradNorm as number);
		await trainer.release();
	}
	expect(norms[0]).toBeCloseTo(norms[1] as number, 6);
});

describe("the loss scale", () => {
	it("is halved by an overflow, down to 1, and doubled after 2000 steps without one", () => {
		expect(nextLossScale({ scale: 8, goodSteps: 5 }, false)).toEqual({ scale: 4, goodSteps: 0 });
		expect(nextLossScale({ scale: 1, goodSteps: 0 }, false)).toEqual({ scale: 1, goodSteps: 0 });
		expect(nextLossScale({ scale: 8, goodSteps: 5 }, true)).toEqual({ scale: 8, goodSteps: 6 });
		expect(nextLossScale({ scale: 8, goodSteps: 1999 }, true)).toEqual({ scale: 16, goodSteps: 0 });
		expect(nextLossScale({ scale: 2 ** 24, goodSteps: 1999 }, true).scale).toBe(2 ** 24);
	});

	it("is taken out of gradients exactly, and one that is not finite is seen", () => {
		const gradients = new Map([
			["a", Float32Array.of(65536, -3)],
			["b", Float32Array.of(0.5)],
		]);
		expect(unscale(gradients, 65536)).toBe(true);
		expect([...(gradients.get("a") ?? [])]).toEqual([1, -3 / 65536]);
		for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
			expect(unscale(new Map([["a", Float32Array.of(1, bad)]]), 2)).toBe(false);
	});
});
