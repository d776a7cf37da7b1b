import type { Policy } from "../export/run-policy.ts";
import { Graph } from "../graph/graph.ts";
import { decoder } from "../models/decoder.ts";
import { logitsOf } from "../models/head.ts";
import { plainLayout } from "../models/layout.ts";
import { Network } from "../models/network.ts";
import { GraphSession, type SessionOptions } from "../runtime/session.ts";

/** Logits of the token after each one read, one row after the other, and the milliseconds of the quickest of the runs. */
export async function readLogits(
	{ config, tensors }: Pick<Policy, "config" | "tensors">,
	read: readonly number[],
	options: SessionOptions,
	runs = 1,
): Promise<{ value: Float32Array; ms: number }> {
	const graph = new Graph();
	const network = new Network(graph, config, tensors, "logits", { type: "frozen" });
	graph.output("logits", logitsOf(network, decoder(network, plainLayout(graph))));
	const session = await GraphSession.create(graph, options);
	try {
		const input = { shape: [1, read.length], data: BigInt64Array.from(read, BigInt) };
		let ms = Number.POSITIVE_INFINITY;
		let value = new Float32Array();
		for (let run = 0; run < runs; run++) {
			const start = performance.now();
			const { logits } = await session.run({ input_ids: input });
			ms = Math.min(ms, performance.now() - start);
			if (!(logits?.data instanceof Float32Array)) throw new Error("the graph has no logits");
			value = logits.data.slice();
		}
		return { value, ms };
	} finally {
		await session.release();
	}
}
