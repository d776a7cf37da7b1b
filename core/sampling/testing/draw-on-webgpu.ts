/**
 * Draws from a model on WebGPU, in a process of its own because a driver may end it: the model's folder and the options of
 * the sampler, prompts and ways to draw come as one JSON argument, the responses and the traffic go out as one line. The
 * line before says what WebGPU is good for at all.
 */
import { loadModelFolder } from "../../models/hf/load.ts";
import { probeProvider } from "../../runtime/probe.ts";
import type { Traffic } from "../../runtime/session.ts";
import { Sampler } from "../sampler.ts";
import type { GenerateOptions } from "../types.ts";

export interface Drawing {
	readonly dir: string;
	readonly tokensPerRun: number;
	readonly prompts: readonly (readonly number[])[];
	readonly options: readonly GenerateOptions[];
}

export interface Drawn {
	readonly responses: readonly { tokens: number[]; logProbs: number[] }[];
	readonly traffic: Traffic;
}

const { dir, tokensPerRun, prompts, options } = JSON.parse(process.argv[2] as string) as Drawing;
await probeProvider({ kind: "probe-provider", provider: "webgpu" });
console.log("works");
const model = await loadModelFolder(dir);
const session = { device: { provider: "webgpu" }, threads: 1 } as const;
const sampler = await Sampler.create({ ...model, tokensPerRun, session });
const responses: Drawn["responses"][number][] = [];
for (const each of options)
	for (const { tokens, logProbs } of (await sampler.generateAll(prompts, each)).flat())
		responses.push({ tokens, logProbs: [...logProbs] });
console.log(JSON.stringify({ responses, traffic: sampler.traffic } satisfies Drawn));
await sampler.release();
