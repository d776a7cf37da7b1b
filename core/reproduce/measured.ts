import type { ValueCase, ValueSummary } from "../contract/jobs.ts";
import type { Point } from "./grid.ts";
import type { Variant } from "./plan.ts";
import type { Interval, Summary } from "./statistics.ts";

/** A variant at its best setting, tested once for each seed; accuracies are in percent, gains in points. */
export interface Measured {
	readonly id: string;
	readonly label: string;
	readonly table: Variant["table"];
	readonly point: Point;
	/** Where the point lies at an end of the variant's grid. */
	readonly edges: readonly string[];
	/** Mean validation accuracy that chose the point; null where the point was taken over from DQO. */
	readonly validation: number | null;
	readonly seeds: readonly number[];
	readonly greedy: Summary;
	/** Sampled accuracy: over training seeds, the mean over sampling seeds; `deviation` is the mean of their deviations. */
	readonly sampled: Summary;
	readonly deviation: number;
	/** Greedy gain over base, interval over training seeds. */
	readonly gain: Summary;
	/** Greedy gain over base, interval over test problems: mean over seeds of what each problem gained. */
	readonly gainByProblem: Interval | null;
	readonly sampledGain: Summary;
	/** Greedy accuracy by seed. */
	readonly greedyBySeed: readonly number[];
	readonly sampledBySeed: readonly number[];
}

export interface ValueReport {
	readonly rows: number;
	readonly wrong: number;
	readonly bySeed: readonly { seed: number; bestStep: number; checkpoints: readonly ValueSummary[] }[];
	/** Wrong responses with V after each line, under the newest checkpoint of the first seed. */
	readonly cases: readonly ValueCase[];
	readonly hasScores: boolean;
}
