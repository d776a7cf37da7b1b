/**
 * Measures memory and time of training runs, each in an engine process of its own, to hold the estimator against:
 * `npx tsx bench/estimate.ts [NAME]`. One JSON line a case on standard output.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveRunConfig } from "../core/contract/resolve.ts";
import { startJob } from "../core/engine/supervisor.ts";
import { Random } from "../core/training/random.ts";
import { ESTIMATE_CASES, type EstimateCase, modelConfig, settingsOf } from "./estimate-cases.ts";
import { writeRandomModel } from "./random-model.ts";

const PROMPTS = 6;
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

async function measureCase(own: EstimateCase): Promise<object> {
	const root = mkdtempSync(join(tmpdir(), "dqo-estimate-"));
	try {
		writeRandomModel(join(root, "model"), modelConfig(own));
		writeData(join(root, "data.jsonl"), own);
		const config = resolveRunConfig({
			...{ modelDir: join(root, "model"), dataPath: join(root, "data.jsonl"), ...settingsOf(own) },
		});
		let [peakBytes, residentBytes] = [0, 0];
		const steps: { phase: string; elapsedMs: number; memoryBytes: number }[] = [];
		const started = performance.now();
		const job = startJob<"train">(
			{ kind: "train", runDir: join(root, "runs", "run"), config, resume: false },
			{
				onEvent: (event) => {
					residentBytes = Math.max(residentBytes, fieldOf(job.pid, "status", "VmHWM"));
					if (event.type === "step") steps.push(event.metrics);
					const at = `${((performance.now() - started) / 1000).toFixed(1)} s`;
					if (process.env.DQO_SHOW)
						console.error(at, JSON.stringify(event).slice(0, 140), Math.round(peakBytes / 2 ** 20));
				},
			},
		);
		const sampling = setInterval(() => {
			peakBytes = Math.max(peakBytes, fieldOf(job.pid, "smaps_rollup", "Pss"));
		}, SAMPLE_MS);
		await job.result.finally(() => clearInterval(sampling));
		const seconds = (performance.now() - started) / 1000;
		const shown = steps.map(({ phase, elapsedMs, memoryBytes }) => ({ phase, elapsedMs, memoryBytes }));
		return {
			name: own.name,
			peakMiB: Math.round(peakBytes / 2 ** 20),
			residentMiB: Math.round(residentBytes / 2 ** 20),
			seconds,
			steps: shown,
		};
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}

const only = process.argv[2] ?? "";
for (const own of ESTIMATE_CASES.filter(({ name }) => name.includes(only)))
	console.log(JSON.stringify(await measureCase(own)));
