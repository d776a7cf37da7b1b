import type { ExportDtype } from "../../contract/exports.ts";
import { elementCount } from "../../models/hf/safetensors-header.ts";
import { COMPANIONS } from "../companions.ts";
import type { Exportable, ExportFormat } from "../format.ts";
import { fileBytes } from "../sizes.ts";
import type { OnnxDtype } from "./dtypes.ts";
import { exportOnnx } from "./onnx.ts";
import { answering } from "./open.ts";
import { BLOCK } from "./quantise.ts";

const BY_DTYPE = { F32: "fp32", F16: "fp16", INT8: "q8" } as const satisfies Partial<
	Record<ExportDtype, OnnxDtype>
>;
const DTYPES = ["F32", "F16", "INT8"] as const;

/** A model folder for transformers.js and whatever else runs ONNX files. */
export const onnxFormat: ExportFormat = {
	label: "ONNX",
	about: "For transformers.js and ONNX Runtime, in browsers too; adapters merged in.",
	opensIn: ["transformers.js", "ONNX Runtime"],
	dtypes: DTYPES,
	refusal: async () => null,
	estimatedBytes: (source, dtype) =>
		onnxBytes(source, known(dtype)) + fileBytes(source.modelDir, ["config.json", ...COMPANIONS]),
	carriesValueHead: false,
	write: ({ policy, outDir, dtype: asked, onProgress, verify }) => {
		const { config, tensors, modelDir } = policy;
		const dtype = BY_DTYPE[known(asked)];
		return exportOnnx({
			...{ config, tensors, sourceDir: modelDir, outDir, dtype, onProgress },
			verify: (dir) => verify(known(asked), async () => answering(dir, config, dtype)),
		});
	},
};

/** Without a choice float32, which holds weights of every format exactly. */
const known = (dtype: ExportDtype | null) => DTYPES.find((one) => one === dtype) ?? "F32";

/** Weights, tables of rotary positions, and the graph itself. */
function onnxBytes({ config, tensors }: Exportable, dtype: (typeof DTYPES)[number]): number {
	const tables = 4 * config.maxPosition * config.headDim;
	const graph = 20_000 + 20_000 * config.layers;
	let weights = 0;
	for (const { shape } of tensors.values()) {
		const matrix = shape.length === 2;
		const blocks = matrix ? (shape[0] as number) * Math.ceil((shape[1] as number) / BLOCK) : 0;
		if (matrix && dtype === "INT8") weights += blocks * (BLOCK + 4);
		else weights += elementCount(shape) * (matrix && dtype === "F16" ? 2 : 4);
	}
	return weights + tables + graph;
}
