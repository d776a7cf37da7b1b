import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Precision } from "../contract/run.ts";
import { MAPPED_BYTES } from "../graph/serialise.ts";
import type { DecoderConfig } from "../models/config.ts";
import { mappable } from "../models/hf/mapped.ts";
import { openSafetensors, type TensorSource, writeSafetensors } from "../models/hf/safetensors.ts";
import { scratchWeightsDir } from "../store/weights-cache.ts";
import { Sampler } from "./sampler.ts";

interface Model {
	readonly config: DecoderConfig;
	readonly tensors: ReadonlyMap<string, TensorSource>;
	/** How the model is held and multiplied; f32 unless given. */
	readonly precision?: Precision;
}

/** Runs `use` with a sampler for the model; what it holds, on disk too, is given back however `use` ends. */
export async function withSampler<T>(
	model: Model,
	threads: number,
	use: (sampler: Sampler) => Promise<T>,
): Promise<T> {
	return withFiles(model, async (tensors) => {
		const sampler = await Sampler.create({ ...model, tensors, session: { threads } });
		try {
			return await use(sampler);
		} finally {
			await sampler.release();
		}
	});
}

/** Large weights that are in memory alone, as of a model that is being trained whole, are written once for both sessions to map. */
async function withFiles<T>({ tensors }: Model, use: (tensors: Model["tensors"]) => Promise<T>): Promise<T> {
	const inMemory = [...tensors.values()].filter(({ file, lowRank }) => !file && !lowRank);
	const bytes = inMemory.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
	if (bytes <= MAPPED_BYTES) return use(tensors);
	const dir = scratchWeightsDir();
	try {
		const path = join(dir, "model.safetensors");
		writeSafetensors(path, tensors, {}, { dtype: "F32" });
		return await use(mappable(openSafetensors(path).tensors, dir));
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}
