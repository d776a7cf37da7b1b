import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { EngineEvent, JobPhase } from "../contract/events.ts";
import { resolveRunConfig } from "../contract/resolve.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { startJob } from "./supervisor.ts";

const starter = fileURLToPath(new URL("../../resources/starter/", import.meta.url));
/** Longest wait between asking for a stop and the end of the process. */
const LIMIT_MS = 2000;

let root = "";
beforeAll(() => {
	root = temporaryFolder();
	const lines = readFileSync(join(starter, "data/train.jsonl"), "utf8").trim().split("\n");
	const rows = lines.flatMap((line) => {
		const { question, answer } = JSON.parse(line) as { question: string; answer: string };
		const row = { prompt: question, completion: answer, reference: answer, label: true };
		return [row, { ...row, completion: `${answer}0`, label: false }];
	});
	writeFileSync(join(root, "scored.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});

/** Trains the starter until the `count`-th progress of a phase, asks it to stop, and waits for the process to end. */
async function stopIn(phase: JobPhase, count: number) {
	const config = resolveRunConfig({
		modelDir: join(starter, "model"),
		dataPath: join(root, "scored.jsonl"),
		validationPath: join(starter, "data/validation.jsonl"),
		task: "gsm8k",
		maxResponseTokens: 128,
		threads: 1,
	});
	const events: EngineEvent[] = [];
	let asked = 0;
	const job = startJob<"train">(
		{ kind: "train", runDir: join(root, "runs", phase), config, resume: false },
		{
			onEvent: (event) => {
				events.push(event);
				const own = events.filter((e) => e.type === "progress" && e.phase === phase);
				if (asked > 0 || own.length < count) return;
				asked = performance.now();
				job.stop();
			},
		},
	);
	const { reason } = await job.result;
	return { reason, waitedMs: performance.now() - asked, events };
}

describe("a stop on the starter model", () => {
	it.each(["reference-logprobs", "evaluate"] as const)(
		"comes within two seconds during %s",
		async (phase) => {
			const { reason, waitedMs, events } = await stopIn(phase, 2);
			expect(reason).toBe("stopped");
			expect(waitedMs).toBeLessThan(LIMIT_MS);
			const progress = events.flatMap((e) => (e.type === "progress" && e.phase === phase ? [e] : []));
			expect(progress[1]?.done).toBeGreaterThan(0);
			expect(progress[1]?.secondsLeft).toBeGreaterThan(0);
		},
	);
});
