import type { FilePlace } from "../../graph/graph.ts";
import { cachedWeights } from "../../store/weights-cache.ts";
import { type FileTensor, openSafetensors, type TensorSource, writeSafetensors } from "./safetensors.ts";

/** Kernels read floats at addresses that are multiples of their size. */
const FLOAT_BYTES = 4;

/** A tensor of a model, with a file to map it from. */
export type MappableTensor = TensorSource & { file(): FilePlace };

/**
 * The tensors of a model with a file to map each from: its own where all lie in one folder as float32, else a float32 copy
 * in the cache under the model's hash, written when it is first asked for.
 */
export function mappable(
	tensors: ReadonlyMap<string, TensorSource & { place?: FilePlace }>,
	contentHash: string,
): Map<string, MappableTensor> {
	const folder = [...tensors.values()][0]?.place?.folder;
	const isOwn = ({ dtype, place }: { dtype?: string; place?: FilePlace }): boolean =>
		dtype === "F32" && place?.folder === folder && place !== undefined && place.offset % FLOAT_BYTES === 0;
	const own = [...tensors.values()].every(isOwn);
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
			const file = () => (own && tensor.place) || (copied().get(name) as FileTensor).place;
			return [name, { ...tensor, file }];
		}),
	);
}
