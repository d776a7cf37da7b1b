import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Graph } from "../core/graph/graph.ts";
import { matmul } from "../core/graph/ops/index.ts";
import { matrixFlops } from "./flops.ts";
import { median } from "./measure.ts";

it("measures our own side where there is no Python, and says how to get the other", () => {
	const bench = fileURLToPath(new URL("./bench.ts", import.meta.url));
	const output = execFileSync(
		process.execPath,
		["--import", "tsx", bench, "--quick", "--json", "--only", "train full"],
		{
			env: { ...process.env, DQO_PYTHON: "no-such-python" },
			stdio: ["ignore", "pipe", "ignore"],
			encoding: "utf8",
		},
	);
	const { machine, peer, results } = JSON.parse(output);
	expect(machine.threads).toBe(2);
	expect(peer).toBeNull();
	expect(results).toHaveLength(1);
	expect(Object.keys(results[0].sides)).toEqual(["ours", "gemm"]);
	expect(results[0].sides.ours.ms).toBeGreaterThan(0);
	expect(results[0].sides.ours.peakBytes).toBeGreaterThan(0);
	expect(results[0].outcomes).toEqual([]);
});

it("counts the multiply-adds of matrix products, transposed or stacked", () => {
	const graph = new Graph();
	const x = graph.input("x", "f32", ["N", 6]);
	const y = matmul(x, x, { transA: true });
	matmul(y, y);
	const z = graph.input("z", "f32", [5, "N", 2]);
	matmul(z, z, { transB: true });
	expect(matrixFlops(graph, { N: 7 })).toBe(2 * (6 * 7 * 6 + 6 * 6 * 6 + 5 * 7 * 2 * 7));
});

it("takes the middle of an odd number of times, and between the middle two of an even one", () => {
	expect(median([9, 1, 5])).toBe(5);
	expect(median([9, 1, 5, 2])).toBe(3.5);
});
