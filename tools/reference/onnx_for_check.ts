// Writes the exports that onnx_check.py opens: tsx onnx_for_check.ts <folder> <model>...
import { basename, join } from "node:path";
import { ONNX_DTYPES } from "../../core/export/onnx/dtypes.ts";
import { exportOnnx } from "../../core/export/onnx/onnx.ts";
import { loadModelFolder } from "../../core/models/hf/load.ts";

const [out, ...models] = process.argv.slice(2);
if (out === undefined) throw new Error("usage: onnx_for_check.ts <folder> <model>...");
for (const sourceDir of models) {
	const { config, tensors } = await loadModelFolder(sourceDir);
	for (const dtype of ONNX_DTYPES)
		await exportOnnx({ config, tensors, sourceDir, outDir: join(out, basename(sourceDir), dtype), dtype });
	// Small enough to stand in one file otherwise: here in several.
	const outDir = join(out, basename(sourceDir), "spread");
	await exportOnnx({ config, tensors, sourceDir, outDir, dtype: "fp32", inlineBytes: 0, fileBytes: 8192 });
}
