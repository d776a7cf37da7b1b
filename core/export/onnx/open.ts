import { join } from "node:path";
import type { DecoderConfig } from "../../models/config.ts";
import type { GraphSession } from "../../runtime/session.ts";
import type { HostTensor } from "../../runtime/tensors.ts";
import type { Answering } from "../format.ts";
import { ONNX_FILES, type OnnxDtype } from "./dtypes.ts";

/** An export as a client runs it: the first half of a text in one run, every later token alone over the cache so far. */
export function answering(dir: string, config: DecoderConfig, dtype: OnnxDtype): Answering {
	return {
		modelDir: dir,
		logits: async (read, threads) => {
			// The formats are listed where ONNX Runtime must not be loaded.
			const { GraphSession } = await import("../../runtime/session.ts");
			const session = await GraphSession.open(join(dir, "onnx", ONNX_FILES[dtype]), { threads });
			try {
				return await readThrough(session, config, dtype, read);
			} finally {
				await session.release();
			}
		},
	};
}

async function readThrough(
	session: GraphSession,
	config: DecoderConfig,
	dtype: OnnxDtype,
	read: readonly number[],
): Promise<Float32Array> {
	const logits = new Float32Array(read.length * config.vocabSize);
	const none = dtype === "fp16" ? new Uint16Array() : new Float32Array();
	const cached = Array.from({ length: config.layers }, (_, i) => [`${i}.key`, `${i}.value`]).flat();
	let cache: [string, HostTensor][] = cached.map((name) => [
		`past_key_values.${name}`,
		{ shape: [1, config.kvHeads, 0, config.headDim], data: none },
	]);
	const ints = (values: readonly number[]): HostTensor => ({
		shape: [1, values.length],
		data: BigInt64Array.from(values, BigInt),
	});
	for (let done = 0; done < read.length; ) {
		const next = read.slice(done, done === 0 ? Math.ceil(read.length / 2) : done + 1);
		const positions = next.map((_, i) => done + i);
		const results = await session.run({
			...Object.fromEntries(cache),
			input_ids: ints(next),
			position_ids: ints(positions),
			attention_mask: ints(Array<number>(done + next.length).fill(1)),
		});
		logits.set(results.logits?.data as Float32Array, done * config.vocabSize);
		cache = cached.map((name) => [`past_key_values.${name}`, results[`present.${name}`] as HostTensor]);
		done += next.length;
	}
	return logits;
}
