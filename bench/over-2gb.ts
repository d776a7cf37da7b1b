/**
 * `npx tsx bench/over-2gb.ts`: a model of more than 2 GiB (which no serialised graph can hold) is opened, makes a step of LoRA
 * SFT and generates. Takes minutes and 3 GB of disk; prints one JSON line.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveRunConfig } from "../core/contract/resolve.ts";
import { GREEDY_SAMPLING } from "../core/contract/sampling.ts";
import { loadModelFolder } from "../core/models/hf/load.ts";
import { withSampler } from "../core/sampling/with-sampler.ts";
import { policyTensors } from "../core/training/policy.ts";
import { residentBytes } from "../core/training/resident.ts";
import { Trainer } from "../core/training/trainer.ts";
import { QWEN2_HALF_B, writeRandomModel } from "./random-model.ts";

const threads = 2;
const dir = mkdtempSync(join(tmpdir(), "dqo-over-2gb-"));
try {
	writeRandomModel(dir, { ...QWEN2_HALF_B, num_hidden_layers: 32 });
	const weightBytes = statSync(join(dir, "model.safetensors")).size;
	if (weightBytes <= 2 ** 31) throw new Error(`the model has only ${weightBytes} bytes`);
	const source = await loadModelFolder(dir);
	const config = resolveRunConfig({
		...{ method: "sft", modelDir: dir, dataPath: "-", globalBatch: 2, microTokens: 64, epochs: 1, threads },
	});
	const trajectories = [0, 1].map((row) => ({
		...{ row, promptKey: `${row}`, prompt: [1, 5 + row], response: [9, 8, 7, 1] },
		...{ rewards: new Float32Array(4), correct: null, behaviour: null },
	}));
	const trainer = await Trainer.create({
		source,
		config,
		trajectories,
		reference: null,
		session: { threads },
	});
	const { policyLoss, policyGradNorm } = await trainer.step();
	const tensors = policyTensors(source.tensors, trainer.state.parameters, trainer.shapes, config.adapter);
	const options = { ...GREEDY_SAMPLING, maxNewTokens: 4, eosIds: [] };
	const [answers] = await withSampler({ config: source.config, tensors }, threads, (sampler) =>
		sampler.generateAll([[1, 5]], options),
	);
	const memoryBytes = residentBytes();
	await trainer.release();
	console.log(
		JSON.stringify({ weightBytes, policyLoss, policyGradNorm, tokens: answers?.[0]?.tokens, memoryBytes }),
	);
} finally {
	rmSync(dir, { recursive: true, force: true });
}
