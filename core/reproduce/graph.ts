import { writePairs, writeRare, writeSlices } from "./data.ts";
import {
	probeSeconds,
	processSeconds,
	sampleSeconds,
	testSeconds,
	trialSeconds,
	valuesSeconds,
} from "./estimate.ts";
import { bestPoint, type Point } from "./grid.ts";
import { clearOutput, type Jobs, runTest, runTrial } from "./jobs.ts";
import { type Plan, type Trial, trialOf, trialsOf, type Variant } from "./plan.ts";
import type { Measurements } from "./report.ts";
import {
	probeResultSchema,
	sampledResultSchema,
	testResultSchema,
	trialResultSchema,
	valuesStageSchema,
} from "./results.ts";
import { PROBLEM_FILES, type ProblemFile, type Settings } from "./settings.ts";
import type { Stage, StageStore } from "./stages.ts";

/** The stages of a plan. Which models are tested depends on earlier results, so phases are made as they are reached. */
export interface Graph {
	/** Every stage by the name it will have, settings still to be chosen filled in with the first of the grid. */
	readonly expected: readonly { id: string; seconds: number }[];
	readonly trainingRuns: number;
	readonly tests: number;
	readonly phases: readonly (() => Stage[])[];
	/** Results of all stages, once they are finished. */
	collect(): Pick<Measurements, "outcomes" | "stageSeconds" | "notes">;
}

/** A name without the setting, since a test's place in the plan is known before its setting is. */
const testId = ({ variant, seed }: { variant: Variant; seed: number }) => `test-${variant.id}-seed${seed}`;
const trialId = (trial: Trial) => `trial-${trial.id}`;

/** Lays out the stages of a plan. */
export function makeGraph(settings: Settings, jobs: Jobs, store: StageStore): Graph {
	const { plan } = settings;
	const { seeds, variants, rare } = plan;
	const gridded = variants.filter(({ grid }) => grid !== null);
	const borrowing = variants.filter(({ grid }) => grid === null);
	const responses = plan.prompts * plan.samples;
	const heldOut = plan.valueProblems * plan.valueSamples;

	const probes = rare === null ? [] : PROBLEM_FILES.map((file) => probe(settings, jobs, file, rare));
	const sample = (seed: number | null): Stage => ({
		id: seed === null ? "sample-values" : `sample-seed${seed}`,
		seconds: sampleSeconds(seed === null ? heldOut : responses),
		run: () => {
			const spec = settings.generate(seed);
			clearOutput(spec.outPath);
			return jobs.run<"generate">(spec);
		},
	});
	const process = (seed: number | null): Stage => ({
		id: seed === null ? "process-values" : `process-seed${seed}`,
		seconds: processSeconds(plan, seed === null ? heldOut : responses),
		run: () => {
			const spec = settings.processScores(seed);
			clearOutput(spec.outPath);
			return jobs.run<"process-scores">(spec);
		},
	});
	const pairs = (seed: number): Stage => ({
		id: `pairs-seed${seed}`,
		seconds: 0.1,
		run: () => writePairs(settings, seed),
	});
	const train = (trial: Trial): Stage => ({
		id: trialId(trial),
		seconds: trialSeconds(plan, trial),
		run: () => runTrial(jobs, settings, trial),
	});
	const test = (variant: Variant, seed: number): Stage => {
		const id = testId({ variant, seed });
		const run = () => runTest(jobs, settings, id, settings.runDir(chosen(variant, seed).id));
		return { id, seconds: testSeconds(plan), run };
	};
	const testBase: Stage = {
		id: "test-base",
		seconds: testSeconds(plan),
		run: () => runTest(jobs, settings, "test-base", settings.starter.modelDir),
	};
	const values = (seed: number): Stage => ({
		id: `values-seed${seed}`,
		seconds: valuesSeconds(plan),
		run: () => jobs.run<"values">(settings.values(settings.runDir(chosen(dqo(), seed).id))),
	});

	const dqo = (): Variant => {
		const found = variants.find(({ id }) => id === "dqo");
		if (!found) throw new Error("the plan has no DQO");
		return found;
	};
	const pointOf = (variant: Variant): Point => {
		const source = variant.grid === null ? dqo() : variant;
		const outcomes = trialsOf(plan, source).map((trial) => ({
			point: trial.point,
			accuracy: store.read(trialId(trial), trialResultSchema).accuracy,
		}));
		return bestPoint(outcomes);
	};
	const chosen = (variant: Variant, seed: number): Trial => trialOf(variant, pointOf(variant), seed);
	/** A run that broke down left no model to test. */
	const testable = (variant: Variant, seed: number) =>
		store.read(trialId(chosen(variant, seed)), trialResultSchema).accuracy !== null;
	const usesProcess = variants.some(({ data }) => data === "process");

	const phases: (() => Stage[])[] = [
		() => probes,
		() => {
			writeSlices(settings);
			return [...seeds.map(sample), sample(null), testBase];
		},
		() => [...seeds.map(pairs), ...(usesProcess ? seeds.map(process) : []), process(null)],
		// The longest first, so that the last ones end together.
		() =>
			gridded.flatMap((variant) => trialsOf(plan, variant).map(train)).sort((a, b) => b.seconds - a.seconds),
		() => borrowing.flatMap((variant) => trialsOf(plan, variant, [pointOf(dqo())]).map(train)),
		() => [
			...seeds.map(values),
			...variants.flatMap((variant) =>
				seeds.filter((seed) => testable(variant, seed)).map((seed) => test(variant, seed)),
			),
		],
	];
	const borrowed = borrowing.flatMap((variant) => {
		// The setting is not known yet; any of DQO's takes as long.
		return trialsOf(plan, variant, dqo().grid?.slice(0, 1)).map(train);
	});
	const tests = variants.flatMap((variant) => seeds.map((seed) => test(variant, seed)));
	const gridTrials = gridded.flatMap((variant) => trialsOf(plan, variant).map(train));
	const first = [...probes, ...seeds.map(sample), sample(null), testBase, ...seeds.map(pairs)];
	const scored = [...(usesProcess ? seeds.map(process) : []), process(null)];
	const expected = [...first, ...scored, ...gridTrials, ...borrowed, ...seeds.map(values), ...tests];

	return {
		expected: expected.map(({ id, seconds }) => ({ id, seconds })),
		trainingRuns: gridTrials.length + borrowed.length,
		tests: tests.length + 1,
		phases,
		collect: () => {
			const allTrials = [
				...gridded.flatMap((variant) => trialsOf(plan, variant)),
				...borrowing.flatMap((variant) => trialsOf(plan, variant, [pointOf(dqo())])),
			];
			const done = phases.flatMap((phase) => phase());
			const failed = allTrials.filter(
				(trial) => store.read(trialId(trial), trialResultSchema).failure !== null,
			);
			return {
				outcomes: {
					probes: probes.map(({ file, id }) => ({ file, ...store.read(id, probeResultSchema) })),
					sampling: seeds.map((seed) => ({
						seed,
						result: store.read(`sample-seed${seed}`, sampledResultSchema),
					})),
					base: store.read("test-base", testResultSchema),
					trials: allTrials.map((trial) => ({
						id: trial.id,
						variant: trial.variant.id,
						point: trial.point,
						seed: trial.seed,
						seconds: store.seconds(trialId(trial)),
						result: store.read(trialId(trial), trialResultSchema),
					})),
					tests: variants.flatMap((variant) =>
						seeds.flatMap((seed) => {
							const id = testId({ variant, seed });
							if (!store.has(id)) return [];
							const point = pointOf(variant);
							return [{ variant: variant.id, point, seed, result: store.read(id, testResultSchema) }];
						}),
					),
					values: seeds.map((seed) => ({
						seed,
						result: store.read(`values-seed${seed}`, valuesStageSchema),
					})),
				},
				stageSeconds: done.reduce((sum, { id }) => sum + store.seconds(id), 0),
				notes: failed.map((trial) => `${trial.id} broke down and counts as 0 % on validation.`),
			};
		},
	};
}

/** Draws responses to a file's problems and keeps the problems that are rarely solved. */
function probe(
	settings: Settings,
	jobs: Jobs,
	file: ProblemFile,
	{ samples, maxSolved }: NonNullable<Plan["rare"]>,
): Stage & { readonly file: ProblemFile } {
	const spec = settings.probe(file, samples);
	return {
		file,
		id: `probe-${file}`,
		seconds: probeSeconds(file, samples),
		run: async () => {
			clearOutput(spec.outPath);
			await jobs.run<"generate">(spec);
			return writeRare(settings, file, maxSolved);
		},
	};
}
