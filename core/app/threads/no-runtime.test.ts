import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it.each(["./operations.ts", "../studio.ts"])(
	"%s loads no ONNX Runtime: engine processes alone do",
	(module) => {
		const script = `await import(${JSON.stringify(new URL(module, import.meta.url).href)});
		const { sharedObjects } = process.report.getReport();
		console.log(JSON.stringify(sharedObjects));
		process.exit();`;
		const argv = ["--import", "tsx", "--input-type=module", "--eval", script];
		const loaded: string[] = JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" }));
		expect(loaded.length).toBeGreaterThan(0);
		expect(loaded.filter((path) => /onnxruntime/i.test(path))).toEqual([]);
	},
);
