import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveRunConfig } from "../core/contract/resolve.ts";
import { startJob } from "../core/engine/supervisor.ts";
import { MAPPED_BYTES } from "../core/graph/serialise.ts";
import { parseHfConfig } from "../core/models/config.ts";
import { Random } from "../core/training/random.ts";
import { parameterCount } from "../core/training/step-cost.ts";
import { type EstimateCase, estimateOf, modelConfig, PROMPTS, settingsOf } from "./estimate-cases.ts";
import { median } from "./measure.ts";
import { writeRandomModel } from "./random-model.ts";

const SAMPLE_MS = 500;

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

/** Bytes that a file of a process's folder under /proc says; 0 when the process is gone. */
function fieldOf(pid: number | undefined, file: string, name: string): number {
	try {
		const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
		return 1024 * Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);
	} catch {
		return 0;
	}
}

/** A run as it was and as it was foretold. */
export interface EstimateResult {
	readonly name: string;
	/** Peak of the engine process. */
	readonly measuredMiB: number;
	readonly estimatedMiB: number;
	/** Estimated over measured, less 1. */
	readonly memoryError: number;
	/** Median step of training, with the speed of a typical processor estimated. */
	readonly measuredStepSeconds: number;
	readonly estimatedStepSeconds: number;
	/** Of the whole run, loading and evaluating included. */
	readonly seconds: number;
}

/** Trains a case's model in an engine process of its own and holds the estimator against it. Linux alone tells the memory. */
export async function measureEstimate(own: EstimateCase): Promise<EstimateResult> {
	const root = mkdtempSync(join(tmpdir(), "dqo-estimate-"));
	try {
		const modelDir = join(root, "model");
		const dataPath = join(root, "data.jsonl");
		writeRandomModel(modelDir, modelConfig(own));
		writeData(dataPath, own);
		const config = resolveRunConfig({ modelDir, dataPath, ...settingsOf(own) });
		let [shared, resident] = [0, 0];
		const stepSeconds: number[] = [];
		const started = performance.now();
		const job = startJob<"train">(
			{ kind: "train", runDir: join(root, "runs", "run"), config, resume: false },
			{
				onEvent: (event) => {
					resident = Math.max(resident, fieldOf(job.pid, "status", "VmHWM"));
					if (event.type === "step" && event.metrics.phase === "train")
						stepSeconds.push(event.metrics.elapsedMs / 1000);
				},
			},
		);
		const sampling = setInterval(() => {
			shared = Math.max(shared, fieldOf(job.pid, "smaps_rollup", "Pss"));
		}, SAMPLE_MS);
		await job.result.finally(() => clearInterval(sampling));
		const { memory, seconds } = estimateOf(own);
		// The resident set counts mapped weights once for each session; the proportional one is read twice a second alone.
		const maps = 4 * parameterCount(parseHfConfig(modelConfig(own))) > MAPPED_BYTES;
		const measured = maps ? shared : resident;
		return {
			name: own.name,
			measuredMiB: Math.round(measured / 2 ** 20),
			estimatedMiB: Math.round(memory.totalBytes / 2 ** 20),
			memoryError: memory.totalBytes / measured - 1,
			measuredStepSeconds: median(stepSeconds),
			estimatedStepSeconds: seconds.perStep,
			seconds: (performance.now() - started) / 1000,
		};
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}
