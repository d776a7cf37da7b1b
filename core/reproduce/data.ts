import { existsSync } from "node:fs";
import { z } from "zod";
import { loadDataset } from "../datasets/dataset.ts";
import { makePairs, pairRow } from "../datasets/pairs.ts";
import { atomicWrite, readText } from "../store/files.ts";
import { readJsonLines } from "../store/json-lines.ts";
import type { ProblemFile, Settings } from "./settings.ts";

const linesOf = (path: string): string[] => readText(path).split("\n").filter(Boolean);
const probed = z.object({ prompt: z.string(), label: z.boolean() });
const problem = z.object({ question: z.string() });

/** Keeps the problems of a file of whose probing responses at most the share `maxSolved` is correct. */
export function writeRare(settings: Settings, file: ProblemFile, maxSolved: number) {
	const counts = new Map<string, { all: number; correct: number }>();
	for (const { prompt, label } of readJsonLines(settings.probePath(file), probed)) {
		const count = counts.get(prompt) ?? { all: 0, correct: 0 };
		counts.set(prompt, { all: count.all + 1, correct: count.correct + Number(label) });
	}
	const lines = linesOf(settings.starter[`${file}Path`]);
	const kept = lines.filter((line) => {
		const count = counts.get(problem.parse(JSON.parse(line)).question);
		return count !== undefined && count.correct <= maxSolved * count.all;
	});
	atomicWrite(settings.problemsPath(file), kept.map((line) => `${line}\n`).join(""));
	return { problems: lines.length, kept: kept.length };
}

/** Parts of the files of problems: the reference solutions of the prompts sampled for, and problems that V is read on. */
export function writeSlices(settings: Settings): void {
	const { plan } = settings;
	const write = (path: string, rows: readonly string[]) => {
		if (!existsSync(path)) atomicWrite(path, rows.map((row) => `${row}\n`).join(""));
	};
	write(settings.referencesPath(), linesOf(settings.problemsPath("train")).slice(0, plan.prompts));
	// From the end, because the first ones choose checkpoints.
	write(
		settings.valueProblemsPath(),
		linesOf(settings.problemsPath("validation")).slice(-plan.valueProblems),
	);
}

/** DPO's pairs from the responses of one seed, half as many as responses. */
export async function writePairs(settings: Settings, seed: number): Promise<unknown> {
	const { examples } = await loadDataset(settings.samplesPath(seed));
	const { pairs, possible } = makePairs(examples, { ratio: 0.5, seed });
	const rows = pairs.map((pair) => `${JSON.stringify(pairRow(pair))}\n`);
	atomicWrite(settings.pairsPath(seed), rows.join(""));
	return { pairs: pairs.length, possible };
}
