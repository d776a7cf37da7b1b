import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { median } from "./measure.ts";

function runQuick(only: string) {
	const bench = fileURLToPath(new URL("./bench.ts", import.meta.url));
	const output = execFileSync(
		process.execPath,
		["--import", "tsx", bench, "--quick", "--json", "--only", only],
		{
			env: { ...process.env, DQO_PYTHON: "no-such-python" },
			stdio: ["ignore", "pipe", "ignore"],
			encoding: "utf8",
		},
	);
	return JSON.parse(output);
}

it("measures our own side where there is no Python, and says how to get the other", () => {
	const { machine, peer, results } = runQuick("train full");
	expect(machine.threads).toBe(2);
	expect(peer).toBeNull();
	expect(results).toHaveLength(1);
	expect(Object.keys(results[0].sides)).toEqual(["ours", "gemm"]);
	expect(results[0].sides.ours.ms).toBeGreaterThan(0);
	expect(results[0].sides.ours.peakBytes).toBeGreaterThan(0);
	expect(results[0].outcomes).toEqual([]);
});

it("measures an export against a plain copy of its files", () => {
	const [result] = runQuick("export gguf Q8_0").results;
	expect(Object.keys(result.sides)).toEqual(["ours", "copy"]);
	expect(result.sides.ours.bytes).toBe(result.sides.copy.bytes);
	expect(result.outcomes[0]).toMatchObject({ what: "speed", against: "copy", aim: null });
});

it("holds the estimator against a run", () => {
	const { results, estimates } = runQuick("estimate");
	expect(results).toEqual([]);
	expect(estimates).toHaveLength(1);
	const [{ name, measuredMiB, estimatedMiB, memoryError, measuredStepSeconds }] = estimates;
	expect(name).toBe("estimate starter dqo lora");
	expect(measuredMiB).toBeGreaterThan(100);
	expect(memoryError).toBeCloseTo(estimatedMiB / measuredMiB - 1, 1);
	expect(measuredStepSeconds).toBeGreaterThan(0);
});

it("takes the middle of an odd number of times, and between the middle two of an even one", () => {
	expect(median([9, 1, 5])).toBe(5);
	expect(median([9, 1, 5, 2])).toBe(3.5);
});
