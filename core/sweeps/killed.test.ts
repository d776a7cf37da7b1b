import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import type { SweepConfigInput, SweepResult } from "../contract/sweep.ts";
import { runSweep } from "./run-sweep.ts";
import { type Place, sweepPlace } from "./testing/place.ts";

const dqo = fileURLToPath(new URL("../../bin/dqo.mjs", import.meta.url));
let place: Place;
let config: SweepConfigInput;
beforeAll(() => {
	place = sweepPlace();
	config = {
		base: place.base,
		method: "grid",
		space: {
			beta: { values: [0.03, 0.3] },
			lr: { min: 1e-2, max: 1e-1, scale: "log", count: 3 },
			lambda: { values: [0.9, 1] },
		},
		maxParallel: 2,
		testData: place.testData,
	};
	writeFileSync(join(place.root, "sweep.json"), JSON.stringify(config));
});

const linesOf = (path: string): Record<string, unknown>[] =>
	existsSync(path)
		? readFileSync(path, "utf8")
				.split("\n")
				.slice(0, -1)
				.map((line) => JSON.parse(line))
		: [];
const finished = (outDir: string) =>
	linesOf(join(outDir, "sweep-events.jsonl")).filter(({ type }) => type === "trial-finished").length;
/** A trial that has a checkpoint and is not done. */
const halfDone = (outDir: string) =>
	Array.from({ length: 12 }, (_, i) => `t${String(i + 1).padStart(3, "0")}`).some((id) => {
		const types = linesOf(join(outDir, "trials", id, "events.jsonl")).map(({ type }) => type);
		return types.includes("checkpoint") && !types.includes("run-finished");
	});

/** Starts the command in a process group of its own and kills it, alone or with its children, when `when` says so. */
async function runAndKill(args: readonly string[], whole: boolean, when: () => boolean): Promise<void> {
	const child = spawn(process.execPath, [dqo, "sweep", ...args], {
		detached: true,
		stdio: ["ignore", "ignore", "pipe"],
	});
	let said = "";
	child.stderr?.on("data", (text) => {
		said += text;
	});
	const closed = once(child, "close");
	const pid = child.pid as number;
	while (!when() && child.exitCode === null) await sleep(10);
	expect(child.exitCode, said).toBeNull();
	process.kill(whole ? -pid : pid, "SIGKILL");
	await closed;
}

/** What must be the same: everything but paths, and in the metrics the clock and the machine. */
function outcome(outDir: string, { outDir: _, ...result }: SweepResult) {
	const metrics = result.leaderboard.map(({ trial }) =>
		linesOf(join(outDir, "trials", trial, "metrics.jsonl")).map(
			({ elapsedMs: _, responseTokensPerSecond: __, memoryBytes: ___, ...rest }) => rest,
		),
	);
	const test = { ...result.test, wallSeconds: 0 };
	return { ...result, test, best: { ...result.best, runDir: "" }, metrics };
}

it("killed twice and continued, twelve runs end with the same best and the same numbers", async () => {
	const [broken, unbroken] = [join(place.root, "broken"), join(place.root, "unbroken")];
	const whole = await runSweep(config, { outDir: unbroken });
	// The parent alone, while its children live on; then all of them at once, in the middle of a run.
	await runAndKill(
		["--config", join(place.root, "sweep.json"), "--out", broken],
		false,
		() => finished(broken) >= 2,
	);
	await runAndKill(["--out", broken, "--resume"], true, () => finished(broken) >= 5 && halfDone(broken));
	const before = linesOf(join(broken, "sweep-events.jsonl"));
	const done = before.filter(({ type }) => type === "trial-finished").map(({ trial }) => trial);
	const resumed = await runSweep(null, { outDir: broken, resume: true });

	expect(outcome(broken, resumed)).toEqual(outcome(unbroken, whole));
	expect(whole).toMatchObject({
		reason: "completed",
		runs: 12,
		failed: 0,
		totalSteps: 144,
		objective: "accuracy",
	});
	expect(whole.test?.greedy.n).toBe(4);
	// The settings matter here, or the best would be the same by default.
	const scores = whole.leaderboard.map(({ score }) => score as number);
	expect(scores[0]).toBeGreaterThan(scores.at(-1) as number);
	expect(whole.best?.trial).not.toBe("t001");
	// What was finished stayed so, and what was half done went on from its checkpoint.
	const after = linesOf(join(broken, "sweep-events.jsonl")).slice(before.length);
	const started = after.filter(({ type }) => type === "trial-started").map(({ trial }) => trial);
	expect(started.filter((trial) => done.includes(trial))).toEqual([]);
	const from = started.flatMap((trial) =>
		linesOf(join(broken, "trials", String(trial), "events.jsonl")).flatMap(({ type, step }) =>
			type === "resumed" ? [Number(step)] : [],
		),
	);
	expect(Math.max(...from)).toBeGreaterThan(0);
	expect(existsSync(join(broken, "test.json"))).toBe(true);
}, 240_000);
