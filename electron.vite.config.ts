import { fileURLToPath } from "node:url";
import { defineConfig } from "electron-vite";
import { mainBuild } from "./electron/build/main-build.ts";
import page from "./vite.config.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const main = mainBuild(root, "out/main");

/** The desktop app: the main process, the preload (which the sandbox wants in one CommonJS file), and the page. */
export default defineConfig({
	main: { ...main, build: { ...main.build, externalizeDeps: false } },
	preload: {
		build: {
			outDir: "out/preload",
			externalizeDeps: false,
			rollupOptions: {
				input: { preload: at("electron/preload.ts") },
				external: ["electron"],
				output: { format: "cjs", entryFileNames: "[name].cjs" },
			},
		},
	},
	renderer: {
		...page,
		build: { ...page.build, rollupOptions: { input: at("renderer/index.html") } },
	},
});
