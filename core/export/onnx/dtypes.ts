/** Precisions of an ONNX export, by the names that transformers.js loads them under. */
export const ONNX_DTYPES = ["fp32", "fp16", "q8"] as const;
export type OnnxDtype = (typeof ONNX_DTYPES)[number];

/** The file that transformers.js looks for. */
export const ONNX_FILES = {
	fp32: "model.onnx",
	fp16: "model_fp16.onnx",
	q8: "model_quantized.onnx",
} as const satisfies Record<OnnxDtype, string>;
