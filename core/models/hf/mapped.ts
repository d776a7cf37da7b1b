import type { FilePlace } from "../../graph/graph.ts";
import { cachedWeights } from "../../store/weights-cache.ts";
import { type FileTensor, openSafetensors, writeSafetensors } from "./safetensors.ts";

/** Kernels read floats at addresses that are multiples of their size. */
const FLOAT_BYTES = 4;

/** A tensor of a model, with a file to map it from. */
export type MappableTensor = FileTensor & { file(): FilePlace };

/**
 * The tensors of a model with a file to map each from: its own where all are float32 in one folder, else a float32 copy
 * in the cache under the model's hash, written when it is first asked for.
 */
export function mappable(
	tensors: ReadonlyMap<string, FileTensor>,
	contentHash: string,
): Map<string, MappableTensor> {
	const folder = [...tensors.values()][0]?.place.folder;
	const own = [...tensors.values()].every(
		({ dtype, place }) => dtype === "F32" && place.folder === folder && place.offset % FLOAT_BYTES === 0,
	);
	let copy: ReadonlyMap<string, FileTensor> | null = null;
	const copied = (): ReadonlyMap<string, FileTensor> => {
		copy ??= openSafetensors(
			cachedWeights(contentHash, (path) =>
				writeSafetensors(path, tensors, { format: "pt" }, { dtype: "F32" }),
			),
		).tensors;
		return copy;
	};
	return new Map(
		[...tensors].map(([name, tensor]) => {
			const file = () => (own ? tensor : (copied().get(name) as FileTensor)).place;
			return [name, { ...tensor, file }];
		}),
	);
}
