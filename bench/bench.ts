/** `npm run bench`: speed and memory against PyTorch and against ourselves, measured in one run. See README.md. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { type CaseResult, measure, type SideResult } from "./measure.ts";
import { casesOf } from "./spec.ts";

const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
		only: { type: "string", default: "" },
		rounds: { type: "string", default: "5" },
		threads: { type: "string", default: "2" },
	},
});

const THREADS = Number(options.threads);
const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);

/** The Python that has PyTorch: `DQO_PYTHON`, else `python3` on the path. */
function findPython(): string | null {
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

function machine() {
	const version = (name: string): string =>
		JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8"))
			.version;
	return {
		cpu: cpus()[0]?.model ?? "unknown",
		cores: availableParallelism(),
		memoryBytes: totalmem(),
		threads: THREADS,
		platform: `${process.platform} ${process.arch}`,
		node: process.version,
		onnxruntime: version("onnxruntime-node"),
		date: new Date().toISOString().slice(0, 10),
	};
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

function sideLine(
	label: string,
	{ ms, bestMs, peakBytes, flops, spec }: SideResult,
	peak: number | null,
): string {
	const rate =
		spec.mode === "generate" ? `${Math.round((spec.batch * spec.newTokens * 1000) / ms)} tokens/s` : "";
	const speed = flops ? flops / bestMs / 1e6 : null;
	const share =
		speed && peak && label !== "gemm" ? `, ${Math.round((100 * speed) / peak)} % of the peak` : "";
	const products = speed ? `${Math.round(speed)} GFLOPS${share}` : "";
	const memory = label === "gemm" ? "" : megabytes(peakBytes);
	return `  ${label.padEnd(14)}${ms.toFixed(1).padStart(9)} ms, best ${bestMs.toFixed(1).padStart(7)}${memory.padStart(10)}  ${rate}${products}`;
}

function show(result: CaseResult): void {
	say(result.name);
	const { gemm } = result.sides;
	const peak = gemm?.flops ? gemm.flops / gemm.bestMs / 1e6 : null;
	for (const [label, side] of Object.entries(result.sides)) say(sideLine(label, side, peak));
	for (const { what, of, against, ratio, aim, met } of result.outcomes) {
		const bound =
			aim === null ? "" : `  aim ${what === "memory" ? "<=" : ">="} ${aim}  ${met ? "met" : "MISSED"}`;
		say(`  ${what} of ${of} against ${against}: ${ratio.toFixed(2)}x${bound}`);
	}
	say("");
}

const about = machine();
say(
	`${about.cpu}, ${about.cores} cores, ${THREADS} threads, ${megabytes(about.memoryBytes)}, ${about.platform}`,
);
say(`Node ${about.node}, ONNX Runtime ${about.onnxruntime}, ${about.date}\n`);
const python = findPython();
const plan = options.quick ? { rounds: 1, turnMs: 20 } : { rounds: Number(options.rounds), turnMs: 1500 };
const results: CaseResult[] = [];
for (const one of casesOf(options.quick, THREADS).filter(({ name }) => name.includes(options.only))) {
	const result = await measure(one, python, plan);
	show(result);
	results.push(result);
}
const peer = results.find((result) => result.peer)?.peer ?? null;
if (peer) say(`Peer: ${peer}.`);
if (options.json) console.log(JSON.stringify({ machine: about, peer, results }, null, "\t"));
