import type { Method } from "../contract/run.ts";
import { type Point, rates } from "./grid.ts";
import type { Plan, Variant } from "./plan.ts";

/**
 * What each method tries, as many settings for each, around what works for full fine-tuning of a model this small: the
 * middle is expected to be best, so that the best is an inner one. Middles and betas come from single runs on other samples,
 * measured on validation problems alone; DPO's beta is the paper's.
 */
const GRIDS: Record<Method, Point[]> = {
	sft: rates(null, 3e-4, 1e-4, 1e-3),
	rs: rates(null, 3e-4, 1e-4, 1e-3),
	dpo: rates(0.1, 2e-5, 1e-5, 5e-5),
	kto: rates(1, 1e-4, 3e-5, 3e-4),
	dro: rates(0.3, 1e-4, 3e-5, 3e-4),
	dqo: rates(0.3, 1e-4, 3e-5, 3e-4),
};
const EPOCHS = 2;
/** One reference solution to a problem, and few correct samples where these are rare, make short epochs: there are more. */
const IMITATION_EPOCHS = { usual: { sft: 4, rs: EPOCHS }, rare: { sft: 16, rs: 8 } };

function variants(rare: boolean): Variant[] {
	const method = (id: Method, rest: Partial<Variant> = {}): Variant => ({
		...{ id, label: id.toUpperCase(), method: id, data: "samples", table: 3, grid: GRIDS[id] },
		...{ epochs: EPOCHS, change: {} },
		...rest,
	});
	const ablation = (table: 5 | 6, id: string, label: string, change: Record<string, unknown>): Variant => ({
		...method("dqo"),
		...{ id, label, table, grid: null, change },
	});
	const epochs = IMITATION_EPOCHS[rare ? "rare" : "usual"];
	return [
		method("sft", { label: "SFT (reference solutions)", data: "references", epochs: epochs.sft }),
		method("rs", { epochs: epochs.rs }),
		method("dpo", { data: "pairs" }),
		method("kto"),
		method("dro"),
		method("dqo"),
		{ ...method("dqo"), id: "dqo-process", label: "DQO + process scores", data: "process", table: 7 },
		// What a setting of DQO does is asked where all problems are.
		...(rare
			? []
			: [
					ablation(5, "dqo-weight-policy", "weight on the policy loss", { importanceWeight: "policy" }),
					ablation(5, "dqo-weight-value", "weight on the value loss", { importanceWeight: "value" }),
					ablation(5, "dqo-weight-neither", "no weight", { importanceWeight: "neither" }),
					ablation(6, "dqo-lambda-0.95", "lambda 0.95", { lambda: 0.95 }),
					ablation(6, "dqo-lambda-0.9", "lambda 0.9", { lambda: 0.9 }),
				]),
	];
}

/** Where correct samples are rare: problems of which at most 2 of 8 samples are correct. */
const RARE = { samples: 8, maxSolved: 0.25 };

const FULL_SIZE = {
	...{ prompts: 400, samples: 8, rollouts: 20, globalBatch: 64, evalEverySteps: 15 },
	...{ validationProblems: 200, valueProblems: 150, sampledSeeds: 5 },
};
const QUICK_SIZE = {
	...{ prompts: 150, samples: 8, rollouts: 10, globalBatch: 32, evalEverySteps: 25 },
	...{ validationProblems: 150, valueProblems: 60, sampledSeeds: 2 },
};

export interface PlanOptions {
	readonly form: Plan["form"];
	/** Seeds, counted up from 0. */
	readonly seeds: number;
	/** Whether only problems are taken that the starter rarely solves. */
	readonly rare: boolean;
}

/** The plan of the full or of the quick form. */
export function makePlan({ form, seeds, rare }: PlanOptions): Plan {
	const common = {
		schemaVersion: 2,
		form,
		rare: rare ? RARE : null,
		seeds: Array.from({ length: seeds }, (_, i) => i),
		testProblems: null,
		maxPromptTokens: 176,
		maxResponseTokens: 80,
		valueSamples: 8,
	} as const;
	const size = form === "full" ? FULL_SIZE : QUICK_SIZE;
	// As many responses; fewer of the validation problems are left.
	const validation = { validationProblems: 120, valueProblems: 60, evalEverySteps: 15 };
	const ofRare = { prompts: size.prompts / 2, samples: 16, ...validation };
	return {
		...common,
		...size,
		...(rare ? ofRare : {}),
		variants: variants(rare),
	};
}
