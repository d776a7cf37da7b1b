import { join } from "node:path";
import { ENTRIES, ownFiles } from "./own-files.ts";

/**
 * How the main process is built, with the engine and the reading thread beside it. All of the code is bundled but ONNX
 * Runtime. Names end in .mjs because unpacked files have no package.json near to say that they are modules.
 */
export function mainBuild(root: string, outDir: string) {
	const input: Record<string, string> = { main: join(root, "electron", "main.ts") };
	for (const [path, name] of Object.entries(ENTRIES)) input[name.replace(".mjs", "")] = join(root, path);
	return {
		plugins: [ownFiles(root, outDir)],
		build: {
			outDir,
			target: "node22",
			rollupOptions: {
				input,
				external: ["electron", "onnxruntime-node"],
				output: {
					format: "es" as const,
					entryFileNames: "[name].mjs",
					chunkFileNames: "[name]-[hash].mjs",
				},
			},
		},
	};
}
