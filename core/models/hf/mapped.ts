import type { Precision } from "../../contract/run.ts";
import type { FilePlace } from "../../graph/graph.ts";
import { cachedWeights } from "../../store/weights-cache.ts";
import { openSafetensors, type TensorSource, writeSafetensors } from "./safetensors.ts";

/** The format of a precision in files, and the bytes of a number: kernels read it at multiples of them. */
const STORED = {
	f32: { dtype: "F32", bytes: 4, suffix: "" },
	f16: { dtype: "F16", bytes: 2, suffix: "-f16" },
	bf16: { dtype: "BF16", bytes: 2, suffix: "-bf16" },
} as const satisfies Record<Precision, unknown>;

/** A tensor of a model, with a file to map it from. */
export type MappableTensor = TensorSource & { file(precision: Precision): FilePlace };

/**
 * The tensors of a model with a file to map each from: its own where all are stored in the precision asked for, in one
 * folder, else a copy in the cache under the model's hash, written when it is first asked for.
 */
export function mappable(
	tensors: ReadonlyMap<string, TensorSource & { place?: FilePlace }>,
	contentHash: string,
): Map<string, MappableTensor> {
	const folder = [...tensors.values()][0]?.place?.folder;
	const sources = new Map<Precision, (name: string) => FilePlace>();
	const sourceOf = (precision: Precision): ((name: string) => FilePlace) => {
		const known = sources.get(precision);
		if (known) return known;
		const { dtype, bytes, suffix } = STORED[precision];
		const isOwn = ({ dtype: stored, place }: { dtype?: string; place?: FilePlace }): boolean =>
			stored === dtype && place !== undefined && place.folder === folder && place.offset % bytes === 0;
		const own = [...tensors.values()].every(isOwn);
		const write = (path: string) => void writeSafetensors(path, tensors, { format: "pt" }, { dtype });
		const source = own ? tensors : openSafetensors(cachedWeights(`${contentHash}${suffix}`, write)).tensors;
		const placeOf = (name: string) => (source.get(name) as { place: FilePlace }).place;
		sources.set(precision, placeOf);
		return placeOf;
	};
	return new Map(
		[...tensors].map(([name, tensor]) => {
			const file = (precision: Precision) => sourceOf(precision)(name);
			return [name, { ...tensor, file }];
		}),
	);
}
