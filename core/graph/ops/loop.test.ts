import { describe, expect, it } from "vitest";
import { GraphSession } from "../../runtime/session.ts";
import { Graph, type Value } from "../graph.ts";
import { add, argMax, at, concat, expand, loop, mul, reshape, sumBefore, topK } from "./index.ts";

const vector = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

describe("loop", () => {
	it("carries state, grows it, stacks scans and reads what lies outside of it", async () => {
		const graph = new Graph();
		const steps = graph.input("steps", "f32", ["C", "N"]);
		const factor = mul(graph.input("factor", "f32", ["N"]), 2);
		const zeros = expand(reshape(graph.scalar(0), [1]), ["N"]);
		const nothing = expand(reshape(graph.scalar(0), [1, 1]), [0, "N"]);
		const { state, scans } = loop(graph, {
			name: "sum",
			steps: "C",
			state: [
				{ name: "total", initial: zeros, shape: ["N"], final: ["N"] },
				{ name: "seen", initial: nothing, shape: ["R", "N"], final: ["C", "N"] },
			],
			build: (step, [total, seen]) => {
				const next = add(total as Value, mul(at(steps, step), factor));
				const grown = concat([seen as Value, reshape(next, [1, "N"])], 0);
				return { state: [next, grown], scans: [mul(next, graph.scalar(10))] };
			},
		});
		graph.output("total", state[0] as Value);
		graph.output("seen", state[1] as Value);
		graph.output("scan", scans[0] as Value);
		// A constant made inside serves outside too; a node made inside does not leave.
		graph.output("outside", mul(graph.scalar(10), factor));
		const session = await GraphSession.create(graph, { threads: 1 });
		const data = Float32Array.of(1, 2, 3, 4, 5, 6);
		const results = await session.run({ steps: { shape: [3, 2], data }, factor: vector(1, 10) });
		// Running sums of the columns 1 3 5 and 2 4 6, times 2 and 20.
		expect([...(results.total?.data ?? [])]).toEqual([18, 240]);
		expect([...(results.seen?.data ?? [])]).toEqual([2, 40, 8, 120, 18, 240]);
		expect([...(results.scan?.data ?? [])]).toEqual([20, 400, 80, 1200, 180, 2400]);
		expect([...(results.outside?.data ?? [])]).toEqual([20, 200]);
		const none = await session.run({
			steps: { shape: [0, 2], data: new Float32Array(0) },
			factor: vector(1, 1),
		});
		expect([...(none.total?.data ?? [])]).toEqual([0, 0]);
		await session.release();
	});

	it("refuses a next state of another form, naming it", () => {
		const graph = new Graph();
		const steps = graph.input("steps", "f32", ["C"]);
		const state = [{ name: "total", initial: graph.scalar(0), shape: [], final: [] }];
		const wrong = () =>
			loop(graph, { name: "l", steps: "C", state, build: () => ({ state: [steps], scans: [] }) });
		expect(wrong).toThrow(/next total is steps f32\[C\]/);
	});
});

describe("selection", () => {
	it("takes the largest, lower index first at a tie, and sums what is before", async () => {
		const graph = new Graph();
		const x = graph.input("x", "f32", ["N", 4]);
		const { values, indices } = topK(x, 2);
		graph.output("values", values);
		graph.output("indices", indices);
		graph.output("best", argMax(x));
		graph.output("before", sumBefore(x));
		const session = await GraphSession.create(graph, { threads: 1 });
		const data = Float32Array.of(1, 3, 3, 2, -1, -4, 0, -1);
		const results = await session.run({ x: { shape: [2, 4], data } });
		expect([...(results.values?.data ?? [])]).toEqual([3, 3, 0, -1]);
		expect(Array.from(results.indices?.data as BigInt64Array, Number)).toEqual([1, 2, 2, 0]);
		expect(Array.from(results.best?.data as BigInt64Array, Number)).toEqual([1, 2]);
		expect([...(results.before?.data ?? [])]).toEqual([0, 1, 4, 7, 0, -1, -5, -5]);
		await session.release();
	});
});
