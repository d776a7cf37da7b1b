import { existsSync } from "node:fs";
import type { z } from "zod";
import { type DemoResult, demoResultSchema, type TaskSpec } from "../../contract/api-tasks.ts";
import { AppError } from "../../contract/errors.ts";
import { type DemoSetup, demoSetup } from "./demo-setup.ts";
import type { TaskRun } from "./task-run.ts";

const measuredSchema = demoResultSchema.shape.before.unwrap();
type Measured = z.infer<typeof measuredSchema>;

/** The quick start: tests the starter, samples with it, trains DQO on the samples and tests what became of it. */
export async function demoTask(
	spec: Extract<TaskSpec, { kind: "demo" }>,
	task: TaskRun,
): Promise<DemoResult> {
	const responses = task.generated(".jsonl");
	const setup = demoSetup(spec.seed, task.machine.threads, responses);
	task.part("1 of 4: tests the starter");
	const before = await task.once(
		"before",
		() => measure(setup, setup.modelDir, task),
		(known) => measuredSchema.parse(known),
	);
	task.part(`2 of 4: ${setup.sampling.n} samples for each of ${setup.prompts} problems`);
	if (!existsSync(responses)) {
		await task.job<"generate">({
			kind: "generate",
			modelDir: setup.modelDir,
			dataPath: setup.trainPath,
			outPath: responses,
			task: "gsm8k",
			sampling: setup.sampling,
			limit: setup.prompts,
			resume: true,
			...setup.shared,
		});
	}
	task.register(responses, "Quick start samples");
	task.part("3 of 4: trains DQO");
	const runDir = await train(setup, task);
	task.part("4 of 4: tests the trained model");
	return { before, after: await measure(setup, runDir, task) };
}

async function measure(setup: DemoSetup, modelDir: string, task: TaskRun): Promise<Measured> {
	const { greedy } = await task.job<"evaluate">({
		kind: "evaluate",
		modelDir,
		dataPath: setup.testPath,
		task: "gsm8k",
		sampling: { ...setup.sampling, n: 1 },
		sampledSeeds: 0,
		outPath: null,
		limit: null,
		...setup.shared,
	});
	return greedy;
}

/** Trains in a run of its own, which can be watched like any other; another try goes on with it. */
async function train(setup: DemoSetup, task: TaskRun): Promise<string> {
	const { runs } = task.services;
	const { record } = task;
	const names = { modelId: null, modelName: "Starter", dataId: record.dataIds[0] ?? null };
	const name = "Quick start";
	record.runId ??= runs.create(
		{ ...names, name, dataName: "Quick start samples", config: setup.config },
		false,
	);
	const id = record.runId;
	const { dir, reader } = await runs.read(id);
	const unlisten = reader.listen(() => {
		const { step, totalSteps, secondsLeft } = reader.digest;
		task.report({ done: step, total: totalSteps, secondsLeft });
	});
	try {
		if (runs.summary(id).state !== "completed")
			await task.during(
				() => runs.train(id),
				() => runs.stop(id),
			);
	} finally {
		unlisten();
	}
	const { state, failure } = runs.summary(id);
	if (state === "completed") return dir;
	if (failure?.kind === "expected") throw new AppError(failure.error);
	throw new AppError({
		code: "engine-crashed",
		message: `The run of the quick start is ${state}.`,
		hint: "Try again: it goes on from its last checkpoint.",
	});
}
