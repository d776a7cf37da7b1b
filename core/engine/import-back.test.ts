import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { importAdapter } from "../export/import-adapter.ts";
import { openPolicy, openRunPolicy, type Policy } from "../export/run-policy.ts";
import { jobConfig, recordingContext, train, type Workplace, workplace } from "../training/testing/job.ts";
import { comparePolicies } from "./export-comparison.ts";
import { exportJob } from "./export-job.ts";

let place: Workplace;
let runDir: string;
let own: Policy;
beforeAll(async () => {
	place = workplace();
	({ runDir } = await train(place, "first", jobConfig(place, { epochs: 1, lr: 0.01 })));
	own = await openRunPolicy(runDir, "last");
});

/** Exports the last checkpoint of a run. */
async function exported(run: string, format: "hf" | "peft", name: string): Promise<string> {
	const outDir = join(place.root, name);
	const spec = {
		kind: "export",
		runDir: run,
		checkpoint: "last",
		format,
		outDir,
		dtype: null,
		threads: 1,
	} as const;
	const { verified, problem } = await exportJob(spec, recordingContext());
	expect({ verified, problem }).toEqual({ verified: true, problem: null });
	return outDir;
}

/** That a model answers as the run's policy does, bit for bit. */
async function sameAnswers(dir: string): Promise<void> {
	const { comparison, problem } = await comparePolicies(own, await openPolicy(dir), "F32", 1);
	expect(problem).toBeNull();
	expect(comparison).toMatchObject({ maxLogitDifference: 0, greedyEqual: comparison?.greedyTokens });
}

describe("what a run became", () => {
	it("opens again as the adapter that it is, named by its folder or by who brings it", async () => {
		const adapterDir = await exported(runDir, "peft", "adapter");
		await sameAnswers(adapterDir);
		const outDir = join(place.root, "imported");
		await importAdapter({ adapterDir, baseDir: place.modelDir, outDir });
		await sameAnswers(outDir);
	});

	it.each(["peft", "hf"] as const)(
		"as %s is trained on, from where it stood, and exported again",
		async (format) => {
			const modelDir = await exported(runDir, format, `again-${format}`);
			const config = jobConfig({ ...place, modelDir }, { epochs: 1, lr: 0.01 });
			const still = await train({ ...place, modelDir }, `still-${format}`, {
				...config,
				maxSteps: 1,
				lr: 0,
				valueLr: 0,
			});
			const { comparison } = await comparePolicies(own, await openRunPolicy(still.runDir, "last"), "F32", 1);
			expect(comparison?.maxLogitDifference).toBe(0);

			const further = await train({ ...place, modelDir }, `further-${format}`, config);
			const moved = await openRunPolicy(further.runDir, "last");
			expect((await comparePolicies(own, moved, "F32", 1)).comparison?.maxLogitDifference).toBeGreaterThan(
				1e-3,
			);
			// The whole of it, and its adapter over what it was trained on: an adapter over an adapter where that was one.
			for (const again of ["hf", "peft"] as const) {
				const dir = await exported(further.runDir, again, `${again}-of-${format}`);
				const { comparison, problem } = await comparePolicies(moved, await openPolicy(dir), "F32", 1);
				expect({ problem, difference: comparison?.maxLogitDifference }).toEqual({
					problem: null,
					difference: 0,
				});
			}
		},
	);
});
