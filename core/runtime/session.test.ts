import { realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { Graph, type TensorData } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { serialise } from "../graph/serialise.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { setNative } from "./backends.ts";
import { hasKoffi } from "./native/koffi.ts";
import { GraphSession, type SessionOptions } from "./session.ts";
import type { HostTensor } from "./tensors.ts";

const count = (length: number) => Float32Array.from({ length }, (_, i) => i + 1);
const floats = (shape: number[]): HostTensor => ({ shape, data: count(shape.reduce((a, b) => a * b, 1)) });
const list = (data: TensorData | undefined) => Array.from(data ?? [], Number);

async function run(graph: Graph, feeds: Record<string, HostTensor>, options: SessionOptions = {}) {
	const session = await GraphSession.create(graph, { threads: 1, ...options });
	const results = await session.run(feeds);
	await session.release();
	return results;
}

/** Both ways into ONNX Runtime are held to the same. */
describe.each(["the addon", "the C interface"])("through %s", (way) => {
	const direct = way !== "the addon";
	beforeAll(() => setNative("cpu", direct));
	afterAll(() => setNative("cpu", false));
	const describeHere = describe.skipIf(direct && !hasKoffi());

	describeHere("a graph in ONNX Runtime", () => {
		it("keeps types, names and shapes", async () => {
			const graph = new Graph();
			const x = graph.input("x", "f32", ["N", 2]);
			const ids = graph.input("ids", "i64", ["M"]);
			graph.output("same", x);
			graph.output("twice", x);
			graph.output("rows", ops.gatherRows(x, ids));
			graph.output("less", ops.lessOrEqual(x, 3));
			graph.output("range", ops.range(graph, "N"));
			const results = await run(graph, {
				x: floats([3, 2]),
				ids: { shape: [2], data: BigInt64Array.of(2n, 0n) },
			});
			expect(results.same?.data).toEqual(count(6));
			expect(results.twice?.shape).toEqual([3, 2]);
			expect(list(results.rows?.data)).toEqual([5, 6, 1, 2]);
			expect(list(results.less?.data)).toEqual([1, 1, 1, 0, 0, 0]);
			expect(results.range?.data).toEqual(BigInt64Array.of(0n, 1n, 2n));
		});

		it("keeps negative and large int64 constants", async () => {
			const graph = new Graph();
			const numbers = [-1, -(2 ** 40), 2 ** 52, 0];
			graph.output("ints", graph.ints(numbers));
			graph.output("scalar", graph.ints(-7));
			const results = await run(graph, {});
			expect(list(results.ints?.data)).toEqual(numbers);
			expect(results.scalar).toEqual({ shape: [], data: BigInt64Array.of(-7n) });
		});

		it("reshapes with several unknown axes, also when one is empty", async () => {
			const make = () => {
				const graph = new Graph();
				const x = graph.input("x", "f32", ["B", "2*T", 2]);
				graph.input("t", "f32", ["T"]);
				graph.output("y", ops.reshape(x, ["T", "B", 4]));
				graph.output("flat", ops.reshape(x, ["2*B*T", 2]));
				return graph;
			};
			const full = await run(make(), { x: floats([2, 6, 2]), t: floats([3]) });
			expect(full.y).toEqual({ shape: [3, 2, 4], data: count(24) });
			expect(full.flat?.shape).toEqual([12, 2]);
			const empty = await run(make(), { x: floats([0, 6, 2]), t: floats([3]) });
			expect(empty.y?.shape).toEqual([3, 0, 4]);
		});

		it("finds a size in an axis that holds a multiple of it", async () => {
			const graph = new Graph();
			graph.input("x", "f32", ["4*U"]);
			graph.output("range", ops.range(graph, "2*U"));
			expect((await run(graph, { x: floats([12]) })).range?.shape).toEqual([6]);
		});

		it.each([1, 2, 3, 5, -1, -3, -5])("shifts by %i with zeros beyond the ends", async (by) => {
			const graph = new Graph();
			graph.output("y", ops.shift(graph.input("x", "f32", ["B", "T"]), by));
			const { y } = await run(graph, { x: floats([2, 4]) });
			const row = (first: number) =>
				[0, 1, 2, 3].map((t) => (t + by >= 0 && t + by < 4 ? first + t + by : 0));
			expect(list(y?.data)).toEqual([...row(1), ...row(5)]);
		});

		it("says where a run failed", async () => {
			const graph = new Graph();
			const x = graph.input("x", "f32", ["A"]);
			const y = graph.input("y", "f32", ["A"]);
			graph.output(
				"z",
				graph.scope("policy", () => graph.scope("layers.3", () => ops.add(x, y))),
			);
			await expect(run(graph, { x: floats([2]), y: floats([3]) })).rejects.toMatchObject({
				code: "graph-invalid",
				message: expect.stringContaining("policy/layers.3/Add"),
			});
		});

		it("refuses an op that does not exist, naming it", async () => {
			const graph = new Graph();
			const x = graph.input("x", "f32", [1]);
			graph.output("y", graph.node({ op: "NoSuchOp", inputs: [x], outputs: [x] }).outputs[0] as typeof x);
			await expect(run(graph, {})).rejects.toMatchObject({
				code: "graph-invalid",
				message: expect.stringContaining("NoSuchOp"),
			});
		});
	});

	describeHere("weights", () => {
		/** Three weights of more than a kibibyte, which do not end at a page's end, and a small one; in a file of `folder` if given. */
		function weighted(folder?: string) {
			const graph = new Graph();
			const sizes = [300, 5000, 257, 3];
			let offset = 12;
			const values = sizes.map((size, i) => count(size).map((x) => x * (i + 1)));
			if (folder)
				writeFileSync(
					join(folder, "weights"),
					Buffer.concat([Buffer.alloc(offset), ...values.map(({ buffer }) => Buffer.from(buffer))]),
				);
			const tensors = sizes.map((size, i) => {
				const place = folder && { folder, name: "weights", offset };
				offset += 4 * size;
				const load = () => values[i] as Float32Array;
				return graph.initializer(`w${i}`, "f32", [size], load, place ? () => place : undefined);
			});
			tensors.forEach((tensor, i) => {
				graph.output(`out${i}`, tensor);
			});
			return { graph, expected: sizes.map((size, i) => count(size).map((x) => x * (i + 1))) };
		}

		it("stand outside of the model where they are large, each at the start of a page", () => {
			const { model, external, externalBytes } = serialise(weighted().graph);
			expect(external.map(({ offset, byteLength }) => [offset, byteLength])).toEqual([
				[0, 1200],
				[4096, 20000],
				[24576, 1028],
			]);
			expect(externalBytes).toBe(24576 + 1028);
			expect(model.length).toBeLessThan(1500);
		});

		it("come through from memory", async () => {
			const { graph, expected } = weighted();
			const results = await run(graph, {});
			expect(expected.map((_, i) => results[`out${i}`]?.data)).toEqual(expected);
		});

		it("come through mapped from the file they lie in, at any offset, beside those that lie in none", async () => {
			const dir = realpathSync(temporaryFolder());
			const { graph, expected } = weighted(dir);
			const own = graph.initializer("own", "f32", [400], () => new Float32Array(400).fill(9));
			graph.output("own again", own);
			const { external, mappedFrom } = serialise(graph, { mapAboveBytes: 0 });
			expect({ external, mappedFrom }).toEqual({ external: [], mappedFrom: dir });
			const session = await GraphSession.create(graph, { threads: 1, mapAboveBytes: 0 });
			// Another graph maps the same file, and what is mapped outlives its name.
			const second = await GraphSession.create(weighted(dir).graph, { threads: 1, mapAboveBytes: 0 });
			rmSync(join(dir, "weights"));
			for (const results of [await session.run({}), await second.run({})])
				expect(expected.map((_, i) => results[`out${i}`]?.data)).toEqual(expected);
			expect((await session.run({}))["own again"]?.data).toEqual(new Float32Array(400).fill(9));
			await session.release();
			await second.release();
		});

		it("are watched while they are mapped: before the session is made, and after every run", async () => {
			const dir = realpathSync(temporaryFolder());
			const { graph, expected } = weighted(dir);
			const told: string[] = [];
			const changes = { file: false, mapped: false };
			const watch = {
				check: () => {
					told.push("check");
					if (changes.file) throw new AppError({ code: "file-missing", message: "gone", hint: "" });
				},
				checkMapped: () => {
					told.push("checkMapped");
					if (changes.mapped) throw new AppError({ code: "file-corrupt", message: "changed", hint: "" });
				},
			};
			const place = { folder: dir, name: "weights", offset: 12, watch };
			for (const name of ["a", "b"])
				graph.output(
					`${name} again`,
					graph.initializer(
						name,
						"f32",
						[300],
						() => graph.fail("read"),
						() => place,
					),
				);
			const session = await GraphSession.create(graph, { threads: 1, mapAboveBytes: 0 });
			expect((await session.run({}))["b again"]?.data).toEqual(expected[0]);
			expect(told).toEqual(["check", "checkMapped"]);
			changes.mapped = true;
			await expect(session.run({})).rejects.toMatchObject({ code: "file-corrupt" });
			await session.release();
			changes.file = true;
			await expect(GraphSession.create(graph, { mapAboveBytes: 0 })).rejects.toMatchObject({
				code: "file-missing",
			});
		});

		it("in files are read and not mapped where they are few", () => {
			const { external, mappedFrom } = serialise(weighted(temporaryFolder()).graph);
			expect(mappedFrom).toBeNull();
			expect(external).toHaveLength(3);
		});

		it("and nodes that no output needs are left out, never read", async () => {
			const graph = new Graph();
			const x = graph.input("x", "f32", [2]);
			const unread = graph.input("unread", "f32", [2]);
			const heavy = graph.initializer("heavy", "f32", [2], () => graph.fail("read"));
			ops.exp(ops.add(unread, heavy));
			graph.output("y", ops.neg(x));
			const session = await GraphSession.create(graph, { threads: 1 });
			expect(session.inputNames).toEqual(["x"]);
			expect(list((await session.run({ x: floats([2]) })).y?.data)).toEqual([-1, -2]);
			await session.release();
		});

		it.each([
			["too short", () => new Float32Array(299)],
			["of another type", () => new BigInt64Array(150)],
		])("are refused when %s", async (_, load) => {
			const graph = new Graph();
			graph.output("w", graph.initializer("policy/w", "f32", [300], load));
			await expect(run(graph, {})).rejects.toMatchObject({
				code: "graph-invalid",
				message: expect.stringContaining("policy/w f32[300]"),
			});
		});
	});
});
