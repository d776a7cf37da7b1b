import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: [
			"core/**/*.test.ts",
			"tools/**/*.test.ts",
			"bench/**/*.test.ts",
			"renderer/**/*.test.{ts,tsx}",
			"electron/**/*.test.ts",
		],
		// Tests with packages of their own: npm run test:clients.
		exclude: [...configDefaults.exclude, "tools/clients/**"],
		// ONNX Runtime is not safe in several worker threads of one process, and one test file may hold a model.
		pool: "forks",
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 120_000,
	},
});
