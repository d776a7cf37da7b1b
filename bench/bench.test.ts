import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
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

it("takes the middle of an odd number of times, and between the middle two of an even one", () => {
	expect(median([9, 1, 5])).toBe(5);
	expect(median([9, 1, 5, 2])).toBe(3.5);
});
