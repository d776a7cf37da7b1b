import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecoderConfig } from "../models/config.ts";
import type { Tensors } from "../models/network.ts";
import { Sampler } from "./sampler.ts";

/** Runs `use` with a sampler for the model; what it holds, on disk too, is given back however `use` ends. */
export async function withSampler<T>(
	model: { config: DecoderConfig; tensors: Tensors },
	threads: number,
	use: (sampler: Sampler) => Promise<T>,
): Promise<T> {
	const weightsDir = await mkdtemp(join(tmpdir(), "dqo-weights-"));
	try {
		const sampler = await Sampler.create({ ...model, session: { threads, weightsDir } });
		try {
			return await use(sampler);
		} finally {
			await sampler.release();
		}
	} finally {
		await rm(weightsDir, { recursive: true, force: true });
	}
}
