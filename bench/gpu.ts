/**
 * `npx tsx bench/gpu.ts`: a DQO step and generation at the shapes of Qwen2-0.5B and 1.5B, ours on a provider against
 * PyTorch on the same device. See README.md.
 */
import { parseArgs } from "node:util";
import { providerSchema } from "../core/contract/provider.ts";
import { measureAll } from "./measure-all.ts";
import { findPython, machine } from "./report.ts";
import type { Case, Spec } from "./spec.ts";

const { values: options } = parseArgs({
	options: {
		provider: { type: "string", default: "cuda" },
		tiny: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
		only: { type: "string", default: "" },
		rounds: { type: "string", default: "5" },
		threads: { type: "string", default: "2" },
	},
});
const device = providerSchema.parse(options.provider);
const threads = Number(options.threads);
const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);

type Shape = Pick<Spec, "hidden" | "layers" | "heads" | "kvHeads" | "intermediate" | "vocab">;
const VOCAB = 151_936;
/** The shapes of the two models, without biases and with a head of its own, so that both sides are the same. */
const SHAPES: Readonly<Record<string, Shape>> = options.tiny
	? { tiny: { hidden: 32, layers: 2, heads: 2, kvHeads: 1, intermediate: 48, vocab: 64 } }
	: {
			"0.5B": { hidden: 896, layers: 24, heads: 14, kvHeads: 2, intermediate: 4864, vocab: VOCAB },
			"1.5B": { hidden: 1536, layers: 28, heads: 12, kvHeads: 2, intermediate: 8960, vocab: VOCAB },
		};

function cases(): Case[] {
	const length = options.tiny ? 8 : 256;
	return Object.entries(SHAPES).flatMap(([size, shape]): Case[] => {
		const base: Spec = {
			...shape,
			...{ mode: "train-dqo-lora", loraRank: 16, threads, device, batch: 8, seq: 2 * length },
			...{ groups: 1, samplesPerPrompt: 8, sharedPrompt: true, promptLen: length, responseLen: length },
			...{ newTokens: options.tiny ? 8 : 128, sampling: "sample", topK: 16 },
		};
		const sides = (spec: Spec): Case["sides"] => ({
			ours: { who: "ours", spec },
			peer: { who: "peer", spec },
		});
		const aims: Case["aims"] = [
			{ what: "speed", of: "ours", against: "peer", bound: null },
			{ what: "memory", of: "ours", against: "peer", bound: null },
		];
		const step = (mode: Spec["mode"]): Case => ({
			name: `${mode === "train-dqo-lora" ? "DQO lora" : "DQO full"} ${size}`,
			kind: "dqo",
			sides: sides({ ...base, mode }),
			aims,
		});
		const generation = (batch: number, samplesPerPrompt: number): Case => ({
			name: `generate ${size} ${batch / samplesPerPrompt} x ${samplesPerPrompt}`,
			kind: "generate",
			sides: sides({
				...base,
				mode: "generate",
				batch,
				samplesPerPrompt,
				sharedPrompt: samplesPerPrompt > 1,
			}),
			aims,
		});
		// A full step of the larger shape holds policy, value function, gradients and moments of 1.5 billion numbers each.
		const full = size === "1.5B" ? [] : [step("train-dqo-full")];
		return [
			step("train-dqo-lora"),
			...full,
			generation(options.tiny ? 4 : 32, 1),
			generation(options.tiny ? 4 : 160, options.tiny ? 2 : 20),
		];
	});
}

const about = { ...machine(threads), provider: device };
say(`${about.cpu}, ${about.cores} cores, ${about.platform}, provider ${device}`);
say(`Node ${about.node}, ONNX Runtime ${about.onnxruntime}, ${about.date}\n`);
const python = findPython(say);
const plan = options.tiny ? { rounds: 1, turnMs: 20 } : { rounds: Number(options.rounds), turnMs: 1500 };
const chosen = cases().filter(({ name }) => name.includes(options.only));
const { peer, results } = await measureAll(chosen, { python, plan, say });
if (options.json) console.log(JSON.stringify({ machine: about, peer, results }, null, "\t"));
