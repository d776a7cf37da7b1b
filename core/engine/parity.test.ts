import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ParityCheck } from "../contract/parity.ts";
import { writeTinyModel } from "../models/testing/tiny-model.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { compareProvider } from "./parity.ts";
import { compareArrays, compareTensors, verdictOf } from "./parity-measure.ts";

describe("how far two results are apart", () => {
	it("is the largest difference over the largest reference value", () => {
		const found = compareArrays("logits", [1, -4, 2], [1, -4.0002, 2.0001]);
		expect(found.maxAbs).toBeCloseTo(2e-4, 10);
		expect(found).toMatchObject({ agreement: "equal" });
		expect(found.maxRelative).toBeCloseTo(5e-5, 10);
		expect(compareArrays("logits", [1, -4, 2], [1, -4.04, 2]).agreement).toBe("close");
		expect(compareArrays("logits", [1, -4, 2], [1, -4, 2.5]).agreement).toBe("different");
	});

	it("is as large as can be for NaN and for a tensor that is missing", () => {
		expect(compareArrays("values", [1], [Number.NaN]).agreement).toBe("different");
		expect(compareTensors("gradients", new Map([["a", Float32Array.of(1)]]), new Map()).agreement).toBe(
			"different",
		);
	});

	it("of a tensor that is nearly nothing is taken beside the others", () => {
		const expected = new Map([
			["large", Float32Array.of(100)],
			["small", Float32Array.of(1e-6)],
		]);
		const found = new Map([
			["large", Float32Array.of(100)],
			["small", Float32Array.of(2e-6)],
		]);
		expect(compareTensors("gradients", expected, found).agreement).toBe("equal");
	});

	it("is judged by the worst, and by the tokens where numbers are equal", () => {
		const check = (more: Partial<ParityCheck>): ParityCheck => ({
			...{
				what: "reading",
				differences: [],
				tokens: null,
				referenceMs: 1,
				ms: 1,
				placement: [],
				error: null,
			},
			...more,
		});
		const close = compareArrays("logits", [1], [1.001]);
		expect(verdictOf([check({ tokens: { equal: 3, all: 3 } })])).toBe("equal");
		expect(verdictOf([check({ tokens: { equal: 2, all: 3 } })])).toBe("different");
		expect(verdictOf([check({ differences: [close], tokens: { equal: 2, all: 3 } })])).toBe("close");
		expect(verdictOf([check({ differences: [close] }), check({ error: "no" })])).toBe("failed");
	});
});

it("the CPU agrees with its unoptimised self, and every node of it was placed on the CPU", async () => {
	const report = await compareProvider("cpu", {
		modelDir: writeTinyModel(join(temporaryFolder(), "m")),
		threads: 1,
	});
	if ("error" in report) throw new Error(report.error);
	expect(report).toMatchObject({ provider: "cpu", verdict: "equal" });
	expect(report.checks.map(({ what }) => what)).toEqual([
		"training, LoRA",
		"training, every weight",
		"reading",
		"greedy answers",
	]);
	for (const { placement, error, ms } of report.checks) {
		expect(error).toBeNull();
		expect(ms).toBeGreaterThan(0);
		expect(new Set(placement.map(({ provider }) => provider))).toEqual(new Set(["cpu"]));
		expect(placement.find(({ op }) => op === "Gemm")?.nodes).toBeGreaterThan(4);
	}
	const gradients = report.checks[0]?.differences.find(({ what }) => what === "gradients");
	expect(gradients?.maxRelative).toBeLessThan(1e-4);
});

it("leaves no file behind when its process is killed", async () => {
	const host = new URL("./testing/killed-parity.ts", import.meta.url);
	const report = await compareProvider("webgpu", { host });
	const [, written = ""] = ("error" in report && /wrote (.*)/.exec(report.stderr)) || [];
	expect(written).toMatch(/dqo-parity-.*profile\.json$/);
	expect(existsSync(written)).toBe(false);
	expect(readdirSync(tmpdir())).not.toContain(basename(dirname(written)));
});
