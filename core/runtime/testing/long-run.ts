import { Graph, type Value } from "../../graph/graph.ts";
import { loop, matmul } from "../../graph/ops/index.ts";
import { serialise } from "../../graph/serialise.ts";
import type { Loaded } from "../backend.ts";
import { native } from "../native/native.ts";
import type { Feed } from "../tensors.ts";

/** A session whose run multiplies a matrix with itself over and over: hours, if it is let. */
export async function longRun(): Promise<{ loaded: Loaded; feeds: ReadonlyMap<string, Feed> }> {
	const graph = new Graph();
	const initial = graph.input("x", "f32", [128, 128]);
	graph.input("n", "bool", ["N"]);
	const { state } = loop(graph, {
		name: "powers",
		steps: "100000000*N",
		state: [{ name: "x", initial, shape: [128, 128], final: [128, 128] }],
		build: (_, [x]) => ({ state: [matmul(x as Value, x as Value)], scans: [] }),
	});
	graph.output("y", state[0] as Value);
	const loaded = await native.load(
		{ model: serialise(graph).model, external: [], mappedFrom: null },
		{ device: { provider: "cpu" }, threads: 1 },
	);
	const feeds = new Map<string, Feed>([
		["x", { shape: [128, 128], data: new Float32Array(128 * 128) }],
		["n", { shape: [1], data: new Uint8Array(1) }],
	]);
	return { loaded, feeds };
}
