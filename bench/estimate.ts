/**
 * Measures memory and time of training runs, each in an engine process of its own, to hold the estimator against:
 * `npx tsx bench/estimate.ts [NAME]`. One JSON line a case on standard output.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveRunConfig } from "../core/contract/resolve.ts";
import { startJob } from "../core/engine/supervisor.ts";
import { parseHfConfig, toHfConfig } from "../core/models/config.ts";
import { expectedTensors } from "../core/models/hf/load.ts";
import { inMemory, writeSafetensors } from "../core/models/hf/safetensors.ts";
import { Random } from "../core/training/random.ts";
import { ESTIMATE_CASES, type EstimateCase, modelConfig, settingsOf } from "./estimate-cases.ts";

const STARTER = new URL("../resources/starter/model/", import.meta.url);
const PROMPTS = 6;

function writeModel(dir: string, own: EstimateCase): void {
	mkdirSync(dir, { recursive: true });
	for (const name of ["tokenizer.json", "tokenizer_config.json", "generation_config.json"])
		cpSync(new URL(name, STARTER), join(dir, name));
	const config = parseHfConfig(modelConfig(own));
	writeFileSync(join(dir, "config.json"), JSON.stringify(toHfConfig(config)));
	const random = new Random("estimate");
	const tensors = [...expectedTensors(config)].map(([name, shape]) => {
		const bound = Math.sqrt(3 / (shape.at(-1) as number));
		const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
		for (let i = 0; i < data.length; i++) data[i] = shape.length === 1 ? 1 : bound * (2 * random.next() - 1);
		return [name, inMemory(shape, data)] as const;
	});
	writeSafetensors(join(dir, "model.safetensors"), new Map(tensors), { format: "pt" });
}

function writeData(path: string, { promptTokens, responseTokens, perPrompt, run }: EstimateCase): void {
	const random = new Random("rows");
	const ids = () => Array.from({ length: responseTokens }, () => 10 + Math.floor(random.next() * 400));
	const rows = Array.from({ length: PROMPTS }, (_, p) => {
		// A digit is a token of its own.
		const prompt = `${p % 10}${"7".repeat(promptTokens - 1)}`.slice(0, promptTokens) + "0123456789AB"[p];
		if (run.method === "dpo") {
			const pair = { chosen: "a", rejected: "b", chosen_token_ids: ids(), rejected_token_ids: ids() };
			return Array.from({ length: perPrompt / 2 }, () => ({ prompt, ...pair, reference: "#### 1" }));
		}
		return Array.from({ length: perPrompt }, (_, k) => ({
			...{ prompt, completion: `c${k}`, label: k % 2 === 0, reference: "#### 1", response_token_ids: ids() },
		}));
	});
	writeFileSync(
		path,
		rows
			.flat()
			.map((row) => `${JSON.stringify(row)}\n`)
			.join(""),
	);
}

async function measureCase(own: EstimateCase): Promise<object> {
	const root = mkdtempSync(join(tmpdir(), "dqo-estimate-"));
	try {
		writeModel(join(root, "model"), own);
		writeData(join(root, "data.jsonl"), own);
		const config = resolveRunConfig({
			...{ modelDir: join(root, "model"), dataPath: join(root, "data.jsonl"), ...settingsOf(own) },
		});
		let peakBytes = 0;
		const steps: { phase: string; elapsedMs: number; memoryBytes: number }[] = [];
		const started = performance.now();
		const job = startJob<"train">(
			{ kind: "train", runDir: join(root, "runs", "run"), config, resume: false },
			{
				onEvent: (event) => {
					const status = readFileSync(`/proc/${job.pid}/status`, "utf8");
					peakBytes = Math.max(peakBytes, 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
					if (event.type === "step") steps.push(event.metrics);
				},
			},
		);
		await job.result;
		const seconds = (performance.now() - started) / 1000;
		const shown = steps.map(({ phase, elapsedMs, memoryBytes }) => ({ phase, elapsedMs, memoryBytes }));
		return { name: own.name, peakBytes, seconds, steps: shown };
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}

const only = process.argv[2] ?? "";
for (const own of ESTIMATE_CASES.filter(({ name }) => name.includes(only)))
	console.log(JSON.stringify(await measureCase(own)));
