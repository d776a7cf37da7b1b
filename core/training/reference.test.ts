import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "../losses/testing/close.ts";
import { readFixture } from "../losses/testing/end-to-end.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { microBatches, tokenFeed } from "./batches.ts";
import { initialParameters } from "./parameters.ts";
import { type ReferenceLogProbs, referenceLogProbs } from "./reference.ts";
import { StepGraph } from "./step-graph.ts";
import { SESSION, tinyConfig, tinyModel, tinyReference } from "./testing/tiny.ts";
import { eightTrajectories, trajectory } from "./testing/trajectories.ts";

type Model = Awaited<ReturnType<typeof tinyModel>>;
const data = eightTrajectories();
let model: Model;
beforeAll(async () => {
	model = await tinyModel();
});

/** The same model, counting how often its weights are read. */
function counted({ config, tensors }: Model) {
	const reads = { count: 0 };
	const counting = new Map(
		[...tensors].map(([name, tensor]) => {
			const load = () => {
				reads.count++;
				return tensor.load();
			};
			return [name, { shape: tensor.shape, load }] as const;
		}),
	);
	return { source: { config, tensors: counting }, reads };
}

const all = (reference: ReferenceLogProbs) => data.map((t) => Array.from(reference(t)));

describe("reference log-probs", () => {
	it("are those of PyTorch for every response token", async () => {
		const { trajectories } = readFixture("end-to-end-default");
		const given = trajectories.map((t, row) => trajectory(row, t.prompt, t.response));
		const reference = await tinyReference(model, given);
		given.forEach((t, i) => {
			expectClose(reference(t), trajectories[i]?.referenceLogp ?? [], 1e-5, `row ${i}`);
		});
	});

	it("are those of the step graph before the first step, where LoRA's B is zero", async () => {
		const reference = await tinyReference(model, data);
		const config = tinyConfig({ microTokens: 60 });
		const graph = await StepGraph.create(model, config, "train", SESSION);
		const parameters = initialParameters(graph.trained, model.tensors, config);
		const seen: number[] = [];
		for (const batch of microBatches(data, { sharePrompts: false, microTokens: 60, lengthMultiple: 1 })) {
			const feeds = Object.fromEntries(
				[...graph.trained].map(([name, shape]) => [
					name,
					{ shape, data: parameters.get(name) as Float32Array },
				]),
			);
			const logp = tokenFeed(batch, reference);
			const { logp: actual } = await graph.run(batch, {
				...feeds,
				reference_logp: logp,
				behaviour_logp: logp,
				rewards: tokenFeed(batch, (t) => t.rewards),
				loss_weights: { shape: [batch.P, batch.K], data: new Float32Array(batch.P * batch.K).fill(1) },
			});
			batch.slots.forEach((t, slot) => {
				if (!t) return;
				const row = actual.subarray(slot * batch.T, slot * batch.T + t.response.length);
				expectClose(row, reference(t), 1e-6, `row ${t.row}`);
				seen.push(t.row);
			});
		}
		await graph.release();
		expect(seen.sort()).toEqual(data.map((t) => t.row));
	});

	it("are kept on disk: the second time no weight is read", async () => {
		const { source, reads } = counted(model);
		const cacheDir = temporaryFolder();
		const first = all(await tinyReference(source, data, cacheDir));
		expect(reads.count).toBeGreaterThan(0);
		reads.count = 0;
		expect(all(await tinyReference(source, data, cacheDir))).toEqual(first);
		expect(reads.count).toBe(0);
	});

	it("are computed anew for other tokens, and when the file is damaged", async () => {
		const { source, reads } = counted(model);
		const cacheDir = temporaryFolder();
		const first = all(await tinyReference(source, data, cacheDir));
		reads.count = 0;
		await tinyReference(source, data.slice(1), cacheDir);
		expect(reads.count).toBeGreaterThan(0);
		for (const name of readdirSync(cacheDir)) {
			const path = join(cacheDir, name);
			const bytes = readFileSync(path);
			bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 0x40;
			writeFileSync(path, bytes);
		}
		reads.count = 0;
		expect(all(await tinyReference(source, data, cacheDir))).toEqual(first);
		expect(reads.count).toBeGreaterThan(0);
	});

	it("know only the trajectories they were computed for", async () => {
		const reference = await tinyReference(model, data);
		expect(() => reference(trajectory(44, [1, 5], [6]))).toThrow("row 44");
	});

	it("tell how far they are and leave nothing behind when they are cancelled", async () => {
		const cacheDir = temporaryFolder();
		const progress: number[] = [];
		const options = { modelHash: "tiny", cacheDir, session: SESSION };
		const config = tinyConfig({ microTokens: 40 });
		const onProgress = async (done: number, total: number) => {
			expect(total).toBe(8);
			progress.push(done);
			if (done > 0) throw new Error("stop here");
		};
		await expect(referenceLogProbs(data, model, config, { ...options, onProgress })).rejects.toThrow(
			"stop here",
		);
		expect(progress[0]).toBe(0);
		expect(progress).toHaveLength(2);
		expect(readdirSync(cacheDir)).toEqual([]);
	});
});
