/** `tsx bench/native.ts`: training and generation through ONNX Runtime's C interface against the addon. See README.md. */
import { parseArgs } from "node:util";
import { measureAll } from "./measure-all.ts";
import { machine } from "./report.ts";
import { type Case, casesOf } from "./spec.ts";

const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		only: { type: "string", default: "" },
		rounds: { type: "string", default: "5" },
		threads: { type: "string", default: "2" },
	},
});

const say = (text: string) => void process.stdout.write(`${text}\n`);
const threads = Number(options.threads);
const about = machine(threads);
say(`${about.cpu}, ${about.cores} cores, ${threads} threads, Node ${about.node}, ${about.date}\n`);

const aims = (["speed", "cpu", "memory"] as const).map((what) => ({
	what,
	of: "native",
	against: "addon",
	bound: null,
}));
const cases = casesOf(options.quick, threads).flatMap(({ name, kind, sides }): Case[] => {
	const spec = (sides.ours ?? sides.shared)?.spec;
	if (kind === "export" || spec === undefined || !name.includes(options.only)) return [];
	return [{ name, kind, sides: { native: { who: "native", spec }, addon: { who: "ours", spec } }, aims }];
});
const plan = options.quick ? { rounds: 1, turnMs: 20 } : { rounds: Number(options.rounds), turnMs: 1500 };
await measureAll(cases, { python: null, plan, say });
