import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: [
			"core/**/*.test.ts",
			"tools/**/*.test.ts",
			"bench/**/*.test.ts",
			"renderer/**/*.test.{ts,tsx}",
			"electron/**/*.test.ts",
		],
		// ONNX Runtime is not safe in several worker threads of one process, and one test file may hold a model.
		pool: "forks",
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 120_000,
	},
});
