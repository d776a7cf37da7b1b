/** `npm run bench`: speed and memory against PyTorch and against ourselves, measured in one run. See README.md. */
import { parseArgs } from "node:util";
import { type EstimateResult, measureEstimate } from "./estimate.ts";
import { estimateCases } from "./estimate-cases.ts";
import { measureAll } from "./measure-all.ts";
import { findPython, machine, megabytes, showEstimate } from "./report.ts";
import { casesOf, heavyCases } from "./spec.ts";

const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		heavy: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
		only: { type: "string", default: "" },
		rounds: { type: "string", default: "5" },
		threads: { type: "string", default: "2" },
	},
});

const THREADS = Number(options.threads);
const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);

const about = machine(THREADS);
say(
	`${about.cpu}, ${about.cores} cores, ${THREADS} threads, ${megabytes(about.memoryBytes)}, ${about.platform}`,
);
say(`Node ${about.node}, ONNX Runtime ${about.onnxruntime}, ${about.date}\n`);
const python = findPython(say);
const plan = options.quick ? { rounds: 1, turnMs: 20 } : { rounds: Number(options.rounds), turnMs: 1500 };
const named = ({ name }: { name: string }) => name.includes(options.only);
const cases = options.heavy ? heavyCases(THREADS) : casesOf(options.quick, THREADS);
const { peer, results } = await measureAll(cases.filter(named), { python, plan, say });
const estimates: EstimateResult[] = [];
for (const one of estimateCases(options).filter(named)) {
	const result = await measureEstimate(one);
	showEstimate(result, say);
	estimates.push(result);
}
if (options.json) console.log(JSON.stringify({ machine: about, peer, results, estimates }, null, "\t"));
