import { describe, expect, it } from "vitest";
import { Graph, type Value } from "../graph/graph.ts";
import { gatherRows } from "../graph/ops/index.ts";
import { GraphSession } from "../runtime/session.ts";
import type { HostTensor } from "../runtime/tensors.ts";
import { backward } from "./backward.ts";
import { seeded, uniform } from "./testing/random.ts";

/** The gradient of an embedding table of `rows` rows, for ids among which the low ones come often. */
function embedding(rows: number, places: number, width: number) {
	const random = seeded(rows);
	const graph = new Graph();
	const table = graph.input("table", "f32", [rows, width]);
	const ids = graph.input("ids", "i64", ["B", "T"]);
	const gradient = graph.input("gradient", "f32", ["B", "T", width]);
	graph.output("d", backward([{ value: gatherRows(table, ids), gradient }], [table]).get(table) as Value);
	const picked = Array.from({ length: places }, () => Math.floor(random() ** 4 * rows));
	const values = uniform(random, places * width, -1, 1);
	const expected = new Float64Array(rows * width);
	picked.forEach((id, n) => {
		values.subarray(n * width, (n + 1) * width).forEach((x, i) => {
			expected[id * width + i] = (expected[id * width + i] as number) + x;
		});
	});
	const feeds: Record<string, HostTensor> = {
		table: { shape: [rows, width], data: new Float32Array(rows * width) },
		ids: { shape: [4, places / 4], data: BigInt64Array.from(picked, BigInt) },
		gradient: { shape: [4, places / 4, width], data: values },
	};
	return { graph, feeds, expected, distinct: new Set(picked).size };
}

describe("the gradient of an embedding", () => {
	it.each([
		["a one-hot product", 2048, "OneHot"],
		["a scatter", 2049, "ScatterElements"],
	])("is %s for %i rows, equal to the sum row by row in every run of 2 threads", async (_, rows, op) => {
		const places = 1024;
		const { graph, feeds, expected, distinct } = embedding(rows, places, 8);
		expect(distinct).toBeLessThan(0.6 * places);
		expect(graph.nodes.map((node) => node.op)).toContain(op);
		const session = await GraphSession.create(graph, { threads: 2 });
		const runs: Float32Array[] = [];
		for (let i = 0; i < 20; i++) runs.push((await session.run(feeds)).d?.data as Float32Array);
		await session.release();
		const [first] = runs as [Float32Array];
		// The numbers lie on a grid of 2^-10 and their sums stay small, so float32 adds them without rounding.
		expect(first.findIndex((x, i) => x !== expected[i])).toBe(-1);
		for (const run of runs) expect(Buffer.from(run.buffer).equals(Buffer.from(first.buffer))).toBe(true);
	});
});
