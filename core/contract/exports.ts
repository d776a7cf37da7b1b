import { z } from "zod";

/** What a checkpoint can be written as; `core/export/formats.ts` says what each is, and writes it. */
export const EXPORT_FORMATS = ["hf", "peft", "gguf", "onnx"] as const;
export const exportFormatIdSchema = z.enum(EXPORT_FORMATS);
export type ExportFormatId = z.infer<typeof exportFormatIdSchema>;

/** Number formats of exported weights, those of every export format together. */
export const EXPORT_DTYPES = ["F32", "F16", "BF16", "Q8_0", "INT8"] as const;
export const exportDtypeSchema = z.enum(EXPORT_DTYPES);
export type ExportDtype = z.infer<typeof exportDtypeSchema>;
