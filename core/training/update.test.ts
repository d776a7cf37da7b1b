import { beforeAll, describe, expect, it } from "vitest";
import type { RunConfigInput } from "../contract/resolve.ts";
import { globalNorm, type Parameters } from "./adamw.ts";
import { ofRole, type Role } from "./parameters.ts";
import { type TinyRun, tinyConfig, tinyModel, tinyReference, withTrainer } from "./testing/tiny.ts";
import { eightTrajectories } from "./testing/trajectories.ts";

let run: TinyRun;
beforeAll(async () => {
	const source = await tinyModel("qwen2-tiny");
	const trajectories = eightTrajectories();
	run = { source, trajectories, reference: await tinyReference(source, trajectories) };
});

/** Parameters of every weight of Qwen2, biases included, after one step. */
async function oneStep(input: RunConfigInput) {
	const reference = input.method === "sft" ? null : run.reference;
	return withTrainer(
		{ ...run, reference },
		tinyConfig({ adapter: { type: "full" }, ...input }),
		async (trainer) => {
			const before = new Map([...trainer.state.parameters].map(([name, values]) => [name, values.slice()]));
			const metrics = await trainer.step();
			return { before, after: trainer.state.parameters, metrics };
		},
	);
}

describe("weight decay", () => {
	it("shrinks matrices and leaves norms and biases alone", async () => {
		const plain = await oneStep({ method: "sft" });
		const decayed = await oneStep({ method: "sft", weightDecay: 10 });
		const same = [...plain.after].filter(([name, values]) =>
			values.every((x, i) => x === decayed.after.get(name)?.[i]),
		);
		const exempt = [...plain.after.keys()].filter((name) => /norm\.weight$|\.bias$/.test(name));
		expect(exempt.some((name) => name.endsWith("q_proj.bias"))).toBe(true);
		expect(same.map(([name]) => name)).toEqual(exempt);
		const matrix = "policy:model.layers.0.mlp.up_proj.weight";
		const [start, a, b] = [plain.before, plain.after, decayed.after].map(
			(p) => p.get(matrix) as Float32Array,
		);
		// lr 1e-3 times decay 10 takes a hundredth off.
		a?.forEach((x, i) => {
			expect(x - (b?.[i] as number)).toBeCloseTo(0.01 * (start?.[i] as number), 6);
		});
	});
});

describe("gradient clipping", () => {
	/** How far a role's tensors went; with a huge epsilon, AdamW's step is in proportion to the gradient. */
	async function distance(input: RunConfigInput) {
		const { before, after, metrics } = await oneStep({ eps: 1e6, lr: 1e5, valueLr: 1e5, ...input });
		const change: Parameters = new Map(
			[...after].map(([name, values]) => [name, values.map((x, i) => x - (before.get(name)?.[i] as number))]),
		);
		const of = (role: Role) => globalNorm(ofRole(change, role));
		return { policy: of("policy"), value: of("value"), metrics };
	}

	it("holds each network to its own norm and shows the norm before", async () => {
		const free = await distance({ clipNorm: 1e9, valueClipNorm: 1e9 });
		const { policyGradNorm, valueGradNorm } = free.metrics as {
			policyGradNorm: number;
			valueGradNorm: number;
		};
		const limits = { clipNorm: policyGradNorm / 4, valueClipNorm: valueGradNorm / 10 };
		const clipped = await distance(limits);
		expect(clipped.metrics.policyGradNorm).toBe(policyGradNorm);
		expect(clipped.metrics.valueGradNorm).toBe(valueGradNorm);
		expect(free.policy / clipped.policy).toBeCloseTo(4, 2);
		expect(free.value / clipped.value).toBeCloseTo(10, 2);
	});
});
