import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { JobContext } from "../contract/job.ts";
import type { TrainResult, TrainSpec } from "../contract/jobs.ts";
import type { Device } from "../contract/provider.ts";
import type { RunConfig } from "../contract/run.ts";
import { losses } from "../losses/index.ts";
import { computesBf16, deviceInUse } from "../runtime/device.ts";
import { Pace } from "../sampling/progress.ts";
import { atomicWrite, guardFile } from "../store/files.ts";
import { JsonLinesWriter } from "../store/json-lines.ts";
import { RunStore } from "../store/run-store.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { runFingerprint } from "./fingerprint.ts";
import { MicroBudget } from "./in-batches.ts";
import { memoryWarning } from "./memory-warning.ts";
import { Phases } from "./phases.ts";
import { PlacementReport } from "./placement-report.ts";
import { prepare } from "./prepare.ts";
import { type ReferenceLogProbs, referenceLogProbs } from "./reference.ts";
import { RunLoop } from "./run-loop.ts";
import { StopRequested } from "./stop.ts";
import { Trainer } from "./trainer.ts";
import type { Trajectory } from "./trajectories.ts";

/** Trains a run from its configuration to its last checkpoint, or continues one; the body of a `train` job. */
export async function trainJob(spec: TrainSpec, context: JobContext): Promise<TrainResult> {
	const started = performance.now();
	const { config, runDir } = spec;
	const phases = new Phases(context.emit);
	phases.enter("load");
	refuseUnknownPrecision(config, deviceInUse());
	const prepared = await prepare(config);
	for (const note of prepared.notes) context.emit({ type: "log", message: note });
	const warning = memoryWarning(prepared, config, deviceInUse().provider);
	if (warning) context.emit(warning);
	const fingerprint = runFingerprint(config, prepared.model.contentHash, prepared.train);

	const [root, id] = [dirname(runDir), basename(runDir)];
	const store = spec.resume ? RunStore.open(root, id) : RunStore.create(root, id, config);
	const last = spec.resume ? store.checkpoints.last() : null;
	const restored = last ? await readCheckpoint(store.checkpoints, last.step, fingerprint) : null;
	const session = { threads: config.threads };
	const budget = new MicroBudget(config.microTokens, (from, microTokens) =>
		context.emit({ type: "micro-batch-halved", from, microTokens }),
	);
	// What did not fit before does not fit now, unless the user has changed the setting meanwhile.
	if (restored?.halved?.setting === config.microTokens) budget.lower(restored.halved.microTokens);

	const source = { config: prepared.model.config, tensors: prepared.model.tensors };
	const referenceOf = (trajectories: readonly Trajectory[]) => {
		let pace: Pace | null = null;
		return referenceLogProbs(trajectories, source, config, {
			modelHash: prepared.model.contentHash,
			cacheDir: join(root, ".cache", "reference"),
			session,
			budget,
			onProgress: async (done, total) => {
				await context.yieldToEventLoop();
				pace ??= new Pace();
				await pace.outside(context.paused);
				if (context.stopRequested()) throw new StopRequested();
				const left = pace.secondsLeft(done, total - done);
				context.emit({ type: "progress", phase: "reference-logprobs", done, total, secondsLeft: left });
			},
		});
	};
	let reference: ReferenceLogProbs | null = null;
	let heldOutReference: ReferenceLogProbs | null = null;
	if (losses[config.method].needsReference) {
		phases.enter("reference-logprobs");
		try {
			reference = await referenceOf(prepared.train);
			heldOutReference = await referenceOf(prepared.heldOut);
		} catch (error) {
			if (error instanceof StopRequested) return stoppedEarly(started);
			throw error;
		}
	}

	const placement = PlacementReport.begin(runDir, deviceInUse().provider);
	phases.enter("prepare");
	const trainer = await Trainer.create({
		source,
		config,
		trajectories: prepared.train,
		reference,
		referenceOf,
		session,
		profileDir: placement?.profileDir,
		budget,
		preparing: phases.preparing,
		...(restored ? { state: restored.trainer } : {}),
	});
	const metrics = openLog(store.logPath("metrics"), trainer.state.step);
	const samples = openLog(store.logPath("samples"), restored?.progress.evaluated ?? -1);
	if (spec.resume) context.emit({ type: "resumed", step: trainer.state.step });
	const loop = new RunLoop({
		config,
		context,
		phases,
		prepared,
		trainer,
		store,
		fingerprint,
		metrics,
		samples,
		heldOutReference,
		placement,
	});
	try {
		const reason = await loop.run(restored?.progress ?? null);
		const best = store.checkpoints.best();
		const newest = store.checkpoints.last();
		return {
			reason,
			steps: trainer.state.step,
			epochs: trainer.epochsDone,
			lastCheckpoint: newest && relative(runDir, newest.dir),
			bestCheckpoint: best && relative(runDir, best.dir),
			bestStep: best?.step ?? null,
			bestAccuracy: loop.best?.accuracy ?? null,
			wallSeconds: (performance.now() - started) / 1000,
		};
	} finally {
		metrics.close();
		samples.close();
		await trainer.release();
		placement?.end();
	}
}

function stoppedEarly(started: number): TrainResult {
	const wallSeconds = (performance.now() - started) / 1000;
	return {
		reason: "stopped",
		steps: 0,
		epochs: 0,
		lastCheckpoint: null,
		bestCheckpoint: null,
		bestStep: null,
		bestAccuracy: null,
		wallSeconds,
	};
}

/** Opens a log whose lines have steps; those after `step` belong to work that was not kept, so they go. */
function openLog(path: string, step: number): JsonLinesWriter {
	const writer = new JsonLinesWriter(path);
	const lines = guardFile(path, () => readFileSync(path, "utf8"))
		.split("\n")
		.filter(Boolean);
	const kept = lines.filter((line) => (JSON.parse(line) as { step: number }).step <= step);
	if (kept.length === lines.length) return writer;
	writer.close();
	atomicWrite(path, kept.map((line) => `${line}\n`).join(""));
	return new JsonLinesWriter(path);
}

function refuseUnknownPrecision({ precision }: RunConfig, device: Device): void {
	if (precision !== "bf16" || computesBf16(device)) return;
	throw new AppError({
		code: "config-invalid",
		message: `The execution provider ${device.provider} does not compute in bf16.`,
		hint: "Train with precision f16 or f32, or on CUDA.",
	});
}
