import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page: one bundle that Electron opens and `dqo serve` serves, with nothing inline that a strict content security policy forbids. */
export default defineConfig({
	root: fileURLToPath(new URL("renderer", import.meta.url)),
	base: "./",
	plugins: [react()],
	build: {
		outDir: fileURLToPath(new URL("dist/renderer", import.meta.url)),
		emptyOutDir: true,
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		target: "es2023",
	},
	server: { host: "127.0.0.1" },
});
