import { expect, test } from "vitest";
import { backward } from "../autodiff/backward.ts";
import { Graph, type Value } from "../graph/graph.ts";
import { logSoftmax, matmul, mul, pick, sumAll, tanh } from "../graph/ops/index.ts";
import { GraphSession } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import { targetLogProbs } from "./logProbs.ts";

const [N, D] = [8, 6];

/** Log-probs and gradients of their weighted sum, by a head's own rule or by reverse mode through every op of it. */
async function run(
	vocabulary: number,
	build: (hidden: Value, head: Value, targets: Value) => Value,
): Promise<Record<string, HostTensor>> {
	const graph = new Graph();
	const hidden = graph.input("hidden", "f32", [N, D]);
	const head = graph.input("head", "f32", [vocabulary, D]);
	const logProbs = build(hidden, head, graph.input("targets", "i64", [N]));
	const loss = sumAll(mul(logProbs, graph.input("weights", "f32", [N])));
	graph.output("logp", logProbs);
	for (const [{ name }, gradient] of backward([{ value: loss, gradient: graph.scalar(1) }], [hidden, head]))
		if (gradient) graph.output(`d ${name}`, gradient);
	const session = await GraphSession.create(graph, { threads: 1 });
	const wave = (count: number, step: number, size: number) =>
		Float32Array.from({ length: count }, (_, i) => size * Math.sin(step * i + 1));
	const results = await session.run({
		hidden: { shape: [N, D], data: wave(N * D, 0.7, 2) },
		head: { shape: [vocabulary, D], data: wave(vocabulary * D, 1.3, 1) },
		// Two positions have the same target, whose gradients add up.
		targets: { shape: [N], data: BigInt64Array.from({ length: N }, (_, i) => BigInt((i % 7) * 5)) },
		weights: { shape: [N], data: wave(N, 2.1, 1) },
	});
	await session.release();
	return results;
}

const cases = [50, 5000].flatMap((vocabulary) =>
	[null, 1.5].flatMap((softcap) => [1, 4].map((chunks) => ({ vocabulary, softcap, chunks }))),
);

test.each(cases)(
	"the head's own gradient is that of its ops: $vocabulary tokens, cap $softcap, $chunks chunks",
	async ({ vocabulary, softcap, chunks }) => {
		const own = await run(vocabulary, (h, head, t) => targetLogProbs(h, head, t, { softcap, chunks }));
		const plain = await run(vocabulary, (h, head, t) => {
			const logits = matmul(h, head, { transB: true, alpha: 1 / (softcap ?? 1) });
			return pick(logSoftmax(softcap === null ? logits : mul(tanh(logits), softcap)), t);
		});
		expect(Object.keys(own).sort()).toEqual(["d head", "d hidden", "logp"]);
		for (const [name, { data }] of Object.entries(plain)) {
			const found = own[name]?.data as Float32Array;
			let worst = 0;
			for (const [i, x] of (data as Float32Array).entries())
				worst = Math.max(worst, Math.abs(x - (found[i] as number)));
			expect(worst, name).toBeLessThan(1e-5);
		}
	},
);
