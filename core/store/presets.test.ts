import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gridPoints, PRESETS, presetSchema } from "../contract/preset.ts";
import { resolveRunConfig } from "../contract/resolve.ts";
import { METHODS } from "../contract/run.ts";
import { loadPreset } from "./presets.ts";

const paths = { modelDir: "model", dataPath: "data.jsonl" };

describe("the paper's presets", () => {
	it("are one for each method, and no others lie beside them", () => {
		const files = readdirSync(new URL("../../resources/presets/", import.meta.url));
		expect(files.filter((file) => file.startsWith("paper-")).sort()).toEqual(
			METHODS.map((method) => `paper-${method}.json`).sort(),
		);
		expect(PRESETS.map((name) => loadPreset(name).method)).toEqual([...METHODS]);
		for (const name of PRESETS) expect(loadPreset(name).name).toBe(name);
	});

	// Numbers of points from appendix B: 4 rates x 3 epochs; 3 rates x 2 betas; 3 rates; 3 rates x 5 betas.
	it.each([
		["paper-sft", 12],
		["paper-rs", 12],
		["paper-dpo", 6],
		["paper-kto", 3],
		["paper-dro", 15],
		["paper-dqo", 15],
	])("%s has %d points, each a run configuration with its values", (name, count) => {
		const preset = loadPreset(name);
		const points = gridPoints(preset);
		expect(points).toHaveLength(count);
		expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(count);
		for (const point of points) {
			const config = resolveRunConfig({ ...paths, ...point });
			expect(config).toMatchObject(point);
			expect(config.method).toBe(preset.method);
		}
		for (const [field, values] of Object.entries(preset.grid)) {
			expect(points[0]?.[field]).toBe(values?.[0]);
			expect(new Set(points.map((point) => point[field]))).toEqual(new Set(values));
		}
	});

	it("begin with what the paper settled on", () => {
		const first = (name: string) => gridPoints(loadPreset(name))[0];
		expect(first("paper-dqo")).toMatchObject({ beta: 0.03, lr: 5e-7, globalBatch: 256, lambda: 1 });
		expect(first("paper-dro")).toMatchObject({ beta: 0.03, lr: 5e-7, globalBatch: 256, epochs: 5 });
		for (const name of ["paper-dpo", "paper-kto"])
			expect(first(name)).toMatchObject({ beta: 0.1, lr: 5e-8, globalBatch: 64, epochs: 1 });
		for (const name of ["paper-sft", "paper-rs"])
			expect(first(name)).toMatchObject({ lr: 2e-5, globalBatch: 64, epochs: 3 });
	});
});

describe("a preset", () => {
	const preset = { name: "own", about: "x", method: "dqo", run: { beta: 0.1 }, grid: { lr: [1e-6] } };

	it("is refused with a field that is none, a value out of range, an empty list, or a user's file", () => {
		expect(presetSchema.safeParse(preset).success).toBe(true);
		for (const bad of [
			{ ...preset, run: { betta: 1 } },
			{ ...preset, run: { beta: -1 } },
			{ ...preset, run: { modelDir: "m" } },
			{ ...preset, grid: { rate: [1] } },
			{ ...preset, grid: { lr: [] } },
			{ ...preset, method: "ppo" },
			{ ...preset, more: 1 },
		])
			expect(presetSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
	});

	it("is loaded by a known name alone", () => {
		expect(() => loadPreset("../../package")).toThrow(/no preset/);
	});
});
