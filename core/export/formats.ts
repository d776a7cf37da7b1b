import type { ExportFormatId } from "../contract/exports.ts";
import type { ExportFormat } from "./format.ts";
import { ggufFormat } from "./gguf/gguf.ts";
import { hfFormat } from "./hf.ts";
import { onnxFormat } from "./onnx/format.ts";
import { peftFormat } from "./peft.ts";

/** Everything that a checkpoint can be written as: a format without an entry does not compile. */
export const FORMATS: Readonly<Record<ExportFormatId, ExportFormat>> = {
	hf: hfFormat,
	peft: peftFormat,
	gguf: ggufFormat,
	onnx: onnxFormat,
};
