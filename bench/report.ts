import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import type { EstimateResult } from "./estimate.ts";
import type { CaseResult, SideResult } from "./measure.ts";

export type Say = (text: string) => void;

/** The Python that has PyTorch: `DQO_PYTHON`, else `python3` on the path. */
export function findPython(say: Say): string | null {
	const python = process.env.DQO_PYTHON ?? "python3";
	try {
		execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
		return python;
	} catch {
		say(`No PyTorch in ${python}: only our own side is measured.`);
		say(
			"To compare, run `pip install torch` in an environment of your own and name its Python in DQO_PYTHON.\n",
		);
		return null;
	}
}

/** What the numbers were measured on. */
export function machine(threads: number) {
	const version = (name: string): string =>
		JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8"))
			.version;
	return {
		cpu: cpus()[0]?.model ?? "unknown",
		cores: availableParallelism(),
		memoryBytes: totalmem(),
		threads,
		platform: `${process.platform} ${process.arch}`,
		node: process.version,
		onnxruntime: version("onnxruntime-node"),
		date: new Date().toISOString().slice(0, 10),
	};
}

export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

function sideLine(
	label: string,
	{ ms, bestMs, peakBytes, flops, bytes, spec }: SideResult,
	peak: number | null,
): string {
	const rate =
		spec.mode === "generate"
			? `${Math.round((spec.batch * spec.newTokens * 1000) / ms)} tokens/s`
			: bytes === undefined
				? ""
				: `${Math.round(bytes / ms / 1000)} MB/s of ${megabytes(bytes)}`;
	const speed = flops ? flops / bestMs / 1e6 : null;
	const share =
		speed && peak && label !== "gemm" ? `, ${Math.round((100 * speed) / peak)} % of the peak` : "";
	const products = speed ? `${Math.round(speed)} GFLOPS${share}` : "";
	const memory = label === "gemm" ? "" : megabytes(peakBytes);
	return `  ${label.padEnd(14)}${ms.toFixed(1).padStart(9)} ms, best ${bestMs.toFixed(1).padStart(7)}${memory.padStart(10)}  ${rate}${products}`;
}

export function show(result: CaseResult, say: Say): void {
	say(result.name);
	const { gemm } = result.sides;
	const peak = gemm?.flops ? gemm.flops / gemm.bestMs / 1e6 : null;
	for (const [label, side] of Object.entries(result.sides)) say(sideLine(label, side, peak));
	for (const { what, of, against, ratio, aim, met } of result.outcomes) {
		const bound =
			aim === null ? "" : `  aim ${what === "memory" ? "<=" : ">="} ${aim}  ${met ? "met" : "MISSED"}`;
		const name = what === "cpu" ? "speed in processor time" : what;
		say(`  ${name} of ${of} against ${against}: ${ratio.toFixed(2)}x${bound}`);
	}
	say("");
}

/** A run's memory and step as estimated, as measured, and how far apart they are. */
export function showEstimate(result: EstimateResult, say: Say): void {
	const { name, measuredMiB, estimatedMiB, memoryError } = result;
	const { measuredStepSeconds: measured, estimatedStepSeconds: estimated } = result;
	const percent = (error: number) => `${error < 0 ? "" : "+"}${(100 * error).toFixed(1)} %`;
	say(name);
	say(`  memory  estimated ${estimatedMiB} MiB, measured ${measuredMiB} MiB  ${percent(memoryError)}`);
	const seconds = `estimated ${estimated.toFixed(2)} s, measured ${measured.toFixed(2)} s`;
	say(`  a step  ${seconds}  ${percent(estimated / measured - 1)}\n`);
}
