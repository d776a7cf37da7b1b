import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectClose } from "../losses/testing/close.ts";
import { accumulate, adamW, clipScale, globalNorm, newAdamWState, type Parameters } from "./adamw.ts";

interface Case {
	betas: [number, number];
	eps: number;
	weightDecay: number;
	maxNorm: number;
	initial: unknown[];
	steps: {
		learningRate: number;
		gradients: unknown[];
		normBeforeClipping: number;
		parameters: unknown[];
		expAvg: unknown[];
		expAvgSq: unknown[];
	}[];
}

const fixture = new URL("../../fixtures/optimizer/adamw.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, "utf8")) as { cases: Case[] };

const flat = (tensor: unknown): number[] => [tensor].flat(3) as number[];
const named = (tensors: readonly unknown[]): Parameters =>
	new Map(tensors.map((tensor, i) => [`p${i}`, Float32Array.from(flat(tensor))]));

function expectTensors(actual: Parameters, expected: readonly unknown[], label: string): void {
	expect(actual.size).toBe(expected.length);
	expected.forEach((tensor, i) => {
		expectClose(actual.get(`p${i}`) ?? [], flat(tensor), 1e-6, `${label} p${i}`);
	});
}

describe("AdamW against torch.optim.AdamW", () => {
	it.each(cases)("weight decay $weightDecay, gradients clipped to $maxNorm", (test) => {
		const parameters = named(test.initial);
		const state = newAdamWState(parameters);
		const clipped: boolean[] = [];
		test.steps.forEach((step, i) => {
			const gradients = named(step.gradients);
			const norm = globalNorm(gradients);
			expect(norm / step.normBeforeClipping).toBeCloseTo(1, 6);
			clipped.push(norm > test.maxNorm);
			const { betas, eps, weightDecay } = test;
			const scale = clipScale(norm, test.maxNorm);
			const settings = { betas, eps, weightDecay, lr: step.learningRate, scale, decays: () => true };
			adamW(parameters, gradients, state, settings);
			expectTensors(parameters, step.parameters, `step ${i + 1}: parameter`);
			expectTensors(state.first, step.expAvg, `step ${i + 1}: first moment`);
			expectTensors(state.second, step.expAvgSq, `step ${i + 1}: second moment`);
		});
		expect(state.step).toBe(test.steps.length);
		expect(new Set(clipped)).toEqual(new Set([true, false]));
	});
});

describe("adamW", () => {
	const settings = { betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.5, lr: 0.1, scale: 1 } as const;

	it("decays only the tensors that are to decay", () => {
		const parameters: Parameters = new Map([
			["weight", Float32Array.of(1)],
			["norm", Float32Array.of(1)],
		]);
		const gradients: Parameters = new Map([...parameters.keys()].map((name) => [name, Float32Array.of(0)]));
		adamW(parameters, gradients, newAdamWState(parameters), {
			...settings,
			decays: (name) => name === "weight",
		});
		expect(parameters.get("weight")?.[0]).toBeCloseTo(0.95, 7);
		expect(parameters.get("norm")?.[0]).toBe(1);
	});

	it("refuses a tensor without a gradient", () => {
		const parameters: Parameters = new Map([["weight", Float32Array.of(1)]]);
		const step = () =>
			adamW(parameters, new Map(), newAdamWState(parameters), { ...settings, decays: () => true });
		expect(step).toThrow("no gradient or moments for weight");
	});
});

it("adds gradients up over micro-batches, tensors that come later included", () => {
	const total: Parameters = new Map();
	accumulate(total, new Map([["a", Float32Array.of(1, 2)]]));
	accumulate(
		total,
		new Map([
			["a", Float32Array.of(10, -2)],
			["b", Float32Array.of(5)],
		]),
	);
	expect([...total].map(([name, values]) => [name, ...values])).toEqual([
		["a", 11, 0],
		["b", 5],
	]);
	expect(globalNorm(total)).toBeCloseTo(Math.hypot(11, 5), 12);
});
