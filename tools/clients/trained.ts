import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportDtype, ExportFormatId } from "../../core/contract/exports.ts";
import { type ExportResult, exportResultSchema } from "../../core/contract/jobs.ts";
import { greedy, policyLogits } from "../../core/engine/export-comparison.ts";
import { openRunPolicy, type RunPolicy } from "../../core/export/run-policy.ts";
import { loadTokenizer, type Tokenizer } from "../../core/tokenizers/tokenizer.ts";

export const ROOT = join(import.meta.dirname, "../..");
export const STARTER = join(ROOT, "resources/starter");

/** A short run on the starter, made by the command itself, and what its policy answers. */
export interface Trained {
	runDir: string;
	policy: RunPolicy;
	tokenizer: Tokenizer;
	/** Texts of the starter's problems and solutions. */
	corpus: string[];
	/** Exports the run's last checkpoint into a new folder. */
	export(format: ExportFormatId, dtype: ExportDtype | null): ExportResult;
	/** Ids of a question up to where the answer begins. */
	promptOf(question: string): number[];
	/** Our own greedy answer, 32 tokens at most, the end included. */
	greedy(prompt: readonly number[]): Promise<readonly number[]>;
	/** Our own logits of the token after each one read, one row after the other. */
	logits(read: readonly number[]): Promise<Float32Array>;
	/** Removes everything. */
	remove(): void;
}

interface Problem {
	question: string;
	answer: string;
}

/** Trains LoRA adapters on the starter for a few steps, strongly enough that its answers change. */
export async function trained(): Promise<Trained> {
	const root = mkdtempSync(join(tmpdir(), "dqo-clients-"));
	const dqo = (...args: string[]) =>
		execFileSync(process.execPath, [join(ROOT, "bin/dqo.mjs"), ...args, "--json"], {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
		});
	const lines = readFileSync(join(STARTER, "data/train.jsonl"), "utf8").trim().split("\n");
	const problems = lines.slice(0, 200).map((line) => JSON.parse(line) as Problem);
	const dataPath = join(root, "labelled.jsonl");
	const rows = problems.slice(0, 48).flatMap(({ question, answer }) => [
		{ prompt: question, response: answer, label: true },
		{ prompt: question, response: answer.replace(/\d+$/, "1"), label: false },
	]);
	writeFileSync(dataPath, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
	const runDir = join(root, "run");
	const steps = ["--max-steps", "6", "--global-batch", "16", "--lr", "2e-3", "--lora-rank", "4"];
	dqo("train", "--model", join(STARTER, "model"), "--data", dataPath, "--out", runDir, ...steps);
	const policy = await openRunPolicy(runDir, "last");
	const tokenizer = await loadTokenizer(policy.modelDir);
	return {
		runDir,
		policy,
		tokenizer,
		corpus: problems.flatMap(({ question, answer }) => [question, answer]),
		export: (format, dtype) => {
			const out = join(root, `${format}-${dtype}`);
			const weights = dtype === null ? [] : ["--dtype", dtype];
			const from = ["--run", runDir, "--checkpoint", "last", "--format", format, "--out", out];
			return exportResultSchema.parse(JSON.parse(dqo("export", ...from, ...weights)));
		},
		promptOf: (question) => tokenizer.renderPrompt(question),
		greedy: (prompt) => greedy(policy, prompt, tokenizer.eosIds, 1),
		logits: (read) => policyLogits(policy, read, 1),
		remove: () => rmSync(root, { recursive: true, force: true }),
	};
}
