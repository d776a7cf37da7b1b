import { z } from "zod";
import { type Method, methodSchema } from "../contract/run.ts";

/** Which rows a variant trains on; all but the reference solutions come from one sampling of a seed. */
const DATA = ["references", "samples", "pairs", "process"] as const;

/** One way of training that the report compares. */
const variantSchema = z.strictObject({
	id: z.string(),
	label: z.string(),
	method: methodSchema,
	data: z.enum(DATA),
	/** Table the variant stands in: 3 compares methods, 5 importance weights, 6 lambdas, 7 process scores. */
	table: z.union([z.literal(3), z.literal(5), z.literal(6), z.literal(7)]),
	/** Learning rates tried, the best on validation is tested; null takes the rate that was best for DQO. */
	rates: z.array(z.number().positive()).min(1).nullable(),
	epochs: z.number().positive(),
	/** Fields of the run configuration that make the variant what it is. */
	change: z.record(z.string(), z.unknown()),
});
export type Variant = z.infer<typeof variantSchema>;

export const planSchema = z.strictObject({
	schemaVersion: z.literal(1),
	form: z.enum(["full", "quick"]),
	/** Each seeds one sampling and the training runs on it. */
	seeds: z.array(z.int().min(0)).min(1),
	/** Training problems that responses are sampled for, and responses for each. */
	prompts: z.int().min(1),
	samples: z.int().min(1),
	/** Completions of each prefix that process scores are counted from. */
	rollouts: z.int().min(1),
	globalBatch: z.int().min(2),
	evalEverySteps: z.int().min(0),
	/** Validation problems that choose checkpoints and rates. */
	validationProblems: z.int().min(1),
	/** Other validation problems, with responses for each, that V is read on. */
	valueProblems: z.int().min(1),
	valueSamples: z.int().min(1),
	/** Test problems; null takes all. */
	testProblems: z.int().min(1).nullable(),
	/** Sampling seeds of the sampled accuracy. */
	sampledSeeds: z.int().min(1),
	maxPromptTokens: z.int().min(1),
	maxResponseTokens: z.int().min(1),
	variants: z.array(variantSchema).min(1),
});
export type Plan = z.infer<typeof planSchema>;

interface Grids {
	imitation: number[];
	preference: number[];
	scored: number[];
	epochs: number;
	sftEpochs: number;
}

/** The three rates of each grid lie around what works for full fine-tuning of a model this small. */
const FULL: Grids = {
	imitation: [3e-5, 1e-4, 3e-4],
	preference: [2e-6, 5e-6, 1e-5],
	scored: [1e-5, 3e-5, 1e-4],
	epochs: 2,
	sftEpochs: 4,
};
const QUICK: Grids = {
	imitation: [1e-4, 3e-4],
	preference: [5e-6, 1e-5],
	scored: [3e-5, 1e-4],
	epochs: 2,
	sftEpochs: 4,
};

function variants({ imitation, preference, scored, epochs, sftEpochs }: Grids): Variant[] {
	const method = (id: Method, rates: number[], rest: Partial<Variant> = {}): Variant => ({
		...{ id, label: id.toUpperCase(), method: id, data: "samples", table: 3, rates, epochs, change: {} },
		...rest,
	});
	const ablation = (table: 5 | 6, id: string, label: string, change: Record<string, unknown>): Variant => ({
		...method("dqo", scored),
		...{ id, label, table, rates: null, change },
	});
	return [
		method("sft", imitation, { label: "SFT (reference solutions)", data: "references", epochs: sftEpochs }),
		method("rs", imitation),
		method("dpo", preference, { data: "pairs" }),
		method("kto", scored),
		method("dro", scored),
		method("dqo", scored),
		{ ...method("dqo", scored), id: "dqo-process", label: "DQO + process scores", data: "process", table: 7 },
		ablation(5, "dqo-weight-policy", "weight on the policy loss", { importanceWeight: "policy" }),
		ablation(5, "dqo-weight-value", "weight on the value loss", { importanceWeight: "value" }),
		ablation(5, "dqo-weight-neither", "no weight", { importanceWeight: "neither" }),
		ablation(6, "dqo-lambda-0.95", "lambda 0.95", { lambda: 0.95 }),
		ablation(6, "dqo-lambda-0.9", "lambda 0.9", { lambda: 0.9 }),
	];
}

/** The plan of the full or of the quick form; `seeds` of them counted up from 0. */
export function makePlan(form: Plan["form"], seeds: number): Plan {
	const common = {
		schemaVersion: 1,
		form,
		seeds: Array.from({ length: seeds }, (_, i) => i),
		samples: 8,
		testProblems: null,
		maxPromptTokens: 176,
		maxResponseTokens: 80,
	} as const;
	if (form === "full") {
		return {
			...common,
			...{ prompts: 600, rollouts: 20, globalBatch: 64, evalEverySteps: 25, validationProblems: 200 },
			...{ valueProblems: 150, valueSamples: 8, sampledSeeds: 5, variants: variants(FULL) },
		};
	}
	return {
		...common,
		...{ prompts: 150, rollouts: 10, globalBatch: 32, evalEverySteps: 25, validationProblems: 150 },
		...{ valueProblems: 60, valueSamples: 8, sampledSeeds: 2, variants: variants(QUICK) },
	};
}

/** One training run of the plan. */
export interface Trial {
	id: string;
	variant: Variant;
	rate: number;
	seed: number;
}

export function trialOf(variant: Variant, rate: number, seed: number): Trial {
	return { id: `${variant.id}-lr${rate.toExponential()}-seed${seed}`, variant, rate, seed };
}

/** Every run of a variant: its rates (or the one given) by the plan's seeds. */
export function trialsOf(plan: Plan, variant: Variant, rates = variant.rates ?? []): Trial[] {
	return rates.flatMap((rate) => plan.seeds.map((seed) => trialOf(variant, rate, seed)));
}

/** The rate with the highest mean validation accuracy; the lower rate at a tie. */
export function bestRate(outcomes: readonly { rate: number; accuracy: number | null }[]): number {
	const rates = [...new Set(outcomes.map(({ rate }) => rate))].sort((a, b) => a - b);
	let best: { rate: number; accuracy: number } | null = null;
	for (const rate of rates) {
		// A run that broke down chose no checkpoint: it counts as all wrong.
		const found = outcomes.filter((o) => o.rate === rate).map(({ accuracy }) => accuracy ?? 0);
		const accuracy = found.reduce((sum, x) => sum + x, 0) / found.length;
		if (best === null || accuracy > best.accuracy) best = { rate, accuracy };
	}
	if (best === null) throw new Error("no outcomes to choose a rate from");
	return best.rate;
}
