import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		root: import.meta.dirname,
		include: ["*.test.ts"],
		// Native libraries and models: one file at a time, each in a process of its own.
		pool: "forks",
		fileParallelism: false,
		testTimeout: 120_000,
		hookTimeout: 300_000,
	},
});
