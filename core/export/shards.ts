import { join } from "node:path";
import { DTYPE_BITS, type FloatDtype } from "../models/hf/dtypes.ts";
import { type TensorSource, type WrittenTensor, writeSafetensors } from "../models/hf/safetensors.ts";
import { elementCount } from "../models/hf/safetensors-header.ts";
import { atomicWrite } from "../store/files.ts";

/** The size at which transformers begins another file. */
const SHARD_BYTES = 5_000_000_000;

export interface WrittenFile {
	name: string;
	tensors: WrittenTensor[];
}

interface Options {
	/** Number format of every weight; each keeps its own when not given. */
	dtype?: FloatDtype | undefined;
	shardBytes?: number | undefined;
	onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/**
 * Writes weights as transformers does: `model.safetensors`, or past `shardBytes` numbered files and the index that says
 * where each tensor lies. A tensor larger than that has a file to itself. Throws as `writeSafetensors`.
 */
export function writeWeights(
	dir: string,
	tensors: ReadonlyMap<string, TensorSource>,
	{ dtype, shardBytes = SHARD_BYTES, onProgress }: Options,
): WrittenFile[] {
	const bytesOf = (source: TensorSource) =>
		(elementCount(source.shape) * (DTYPE_BITS[dtype ?? source.dtype ?? "F32"] as number)) / 8;
	const shards: { tensors: Map<string, TensorSource>; bytes: number }[] = [];
	for (const [name, source] of tensors) {
		const bytes = bytesOf(source);
		let shard = shards.at(-1);
		if (shard === undefined || shard.bytes + bytes > shardBytes) {
			shard = { tensors: new Map(), bytes: 0 };
			shards.push(shard);
		}
		shard.tensors.set(name, source);
		shard.bytes += bytes;
	}
	const total = shards.reduce((sum, { bytes }) => sum + bytes, 0);
	let before = 0;
	const files = shards.map((shard, i) => {
		const name = shards.length === 1 ? "model.safetensors" : shardName(i + 1, shards.length);
		const done = before;
		const written = writeSafetensors(
			join(dir, name),
			shard.tensors,
			{ format: "pt" },
			{
				...(dtype && { dtype }),
				onProgress: (bytes) => onProgress?.(done + bytes, total),
			},
		);
		before += shard.bytes;
		return { name, tensors: written };
	});
	if (files.length > 1) {
		const places = files.flatMap((file) => file.tensors.map((tensor) => [tensor.name, file.name] as const));
		const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(places.sort()) };
		atomicWrite(join(dir, "model.safetensors.index.json"), `${JSON.stringify(index, null, 2)}\n`);
	}
	return files;
}

function shardName(number: number, count: number): string {
	const padded = (value: number) => String(value).padStart(5, "0");
	return `model-${padded(number)}-of-${padded(count)}.safetensors`;
}
