import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { Graph } from "../../graph/graph.ts";
import * as ops from "../../graph/ops/index.ts";
import { serialise } from "../../graph/serialise.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import type { Loaded, LoadOptions } from "../backend.ts";
import { readPlacement } from "../placement.ts";
import type { Feed, ResidentTensor } from "../tensors.ts";
import { longRun } from "../testing/long-run.ts";
import { hasKoffi } from "./koffi.ts";
import { native } from "./native.ts";
import { CHECKED_VERSION } from "./table.ts";

async function load(build: (graph: Graph) => void, options: Partial<LoadOptions> = {}): Promise<Loaded> {
	const graph = new Graph();
	build(graph);
	const { model } = serialise(graph);
	return native.load(
		{ model, external: [], mappedFrom: null },
		{ device: { provider: "cpu" }, threads: 1, ...options },
	);
}

const run = (loaded: Loaded, feeds: Record<string, Feed>) =>
	loaded.run(new Map(Object.entries(feeds)), loaded.outputNames);

const vector = (...numbers: number[]): Feed => ({
	shape: [numbers.length],
	data: Float32Array.from(numbers),
});

/** `y = 2 x`, which stays where it is computed if asked to. */
const doubling = (options: Partial<LoadOptions> = {}) =>
	load((graph) => {
		const x = graph.input("x", "f32", ["N"]);
		graph.output("y", ops.add(x, x));
	}, options);

describe("the version that the table of functions was checked with", () => {
	it("is the installed one: read the new header's indices before changing it", () => {
		expect(createRequire(import.meta.url)("onnxruntime-node/package.json").version).toBe(CHECKED_VERSION);
	});
});

describe.skipIf(!hasKoffi())("ONNX Runtime through its C interface", () => {
	it("leaves outputs where they are computed, to be fed again, here and in another session", async () => {
		const first = await doubling({ resident: ["y"] });
		const second = await doubling();
		const { y } = Object.fromEntries(await run(first, { x: vector(1, 2, 3) })) as { y: ResidentTensor };
		expect(y.shape).toEqual([3]);
		const { y: again } = Object.fromEntries(await run(first, { x: y })) as { y: ResidentTensor };
		y.release();
		await first.release();
		expect((await run(second, { x: again })).get("y")).toEqual(vector(8, 16, 24));
		again.release();
		again.release();
		await expect(run(second, { x: again })).rejects.toThrow("after it was released");
		await second.release();
	});

	it("lets the event loop turn while it runs, and ends a run that is cancelled", async () => {
		const { loaded, feeds } = await longRun();
		let turns = 0;
		const timer = setInterval(() => turns++, 10);
		const started = performance.now();
		const signal = AbortSignal.timeout(200);
		await expect(loaded.run(feeds, ["y"], { signal })).rejects.toMatchObject({
			code: "cancelled",
		});
		clearInterval(timer);
		expect(performance.now() - started).toBeLessThan(20_000);
		expect(turns).toBeGreaterThan(3);
		await expect(loaded.run(feeds, ["y"], { signal })).rejects.toMatchObject({
			code: "cancelled",
		});
		await loaded.release();
	});

	it("runs several at once, and waits for them before it lets go of the session", async () => {
		const loaded = await doubling();
		const runs = Array.from({ length: 8 }, (_, i) => run(loaded, { x: vector(i) }));
		await loaded.release();
		const results = await Promise.all(runs);
		expect(results.map((outputs) => outputs.get("y"))).toEqual(
			Array.from({ length: 8 }, (_, i) => vector(2 * i)),
		);
	});

	it("refuses to run what was released, and what does not fit its shape", async () => {
		const loaded = await doubling();
		const wrong: Feed = { shape: [3], data: new Float32Array(2) };
		await expect(run(loaded, { x: wrong })).rejects.toThrow("x has 2 elements");
		await expect(run(loaded, { x: { shape: [1], data: new BigInt64Array(1) } })).rejects.toThrow(/data type/);
		await loaded.release();
		await loaded.release();
		await expect(run(loaded, { x: vector(1) })).rejects.toThrow("released");
	});

	it("gives outputs of their own: what is done to them changes no weight and no input", async () => {
		const loaded = await load((graph) => {
			graph.output("x again", graph.input("x", "f32", [2]));
			graph.output(
				"w",
				graph.initializer("weight", "f32", [2], () => Float32Array.of(1, 2)),
			);
		});
		const x = vector(5, 6);
		for (let i = 0; i < 2; i++) {
			const outputs = await run(loaded, { x });
			expect([...outputs.values()]).toEqual([vector(5, 6), vector(1, 2)]);
			for (const output of outputs.values()) if ("data" in output) output.data.fill(9 as never);
		}
		await loaded.release();
	});

	it("writes a profile", async () => {
		const profileDir = temporaryFolder();
		const loaded = await doubling({ profileDir });
		await run(loaded, { x: vector(1) });
		await loaded.endProfiling();
		expect(await readPlacement(profileDir)).toEqual([{ provider: "cpu", op: "Add", nodes: 1 }]);
		await loaded.release();
	});

	it("does not hold up the end of the process", async () => {
		const child = fileURLToPath(new URL("../testing/exit-in-a-run.ts", import.meta.url));
		const ended = await promisify(execFile)(process.execPath, ["--import", "tsx", child]).catch(
			(error: { code: number }) => error,
		);
		expect(ended).toMatchObject({ code: 7 });
	});

	it("names the provider's own reason where CUDA is not to be had", async () => {
		const options = { device: { provider: "cuda", deviceId: 0 } } as const;
		if (process.platform === "linux") await expect(doubling(options)).rejects.toThrow(/librar|CUDA/i);
	});

	it("holds no memory over 2,000 runs and 100 sessions", async () => {
		const feeds = { x: vector(...new Array<number>(4096).fill(1)) };
		const loaded = await doubling({ resident: ["y"] });
		const host = await doubling();
		const once = async () => {
			const { y } = Object.fromEntries(await run(loaded, feeds)) as { y: ResidentTensor };
			await run(host, { x: y });
			y.release();
		};
		const session = async () => (await doubling()).release();
		for (let i = 0; i < 200; i++) await once();
		for (let i = 0; i < 20; i++) await session();
		const before = process.memoryUsage();
		for (let i = 0; i < 2000; i++) await once();
		for (let i = 0; i < 100; i++) await session();
		// One leak of 4096 floats a run would be 32 MB; what JavaScript has not yet collected is its own.
		const { rss, arrayBuffers, heapTotal } = process.memoryUsage();
		const collected =
			rss - before.rss - (arrayBuffers - before.arrayBuffers) - (heapTotal - before.heapTotal);
		expect(collected).toBeLessThan(16e6);
		await loaded.release();
		await host.release();
	});
});
