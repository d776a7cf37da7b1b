import type { Measured, ValueReport } from "./measured.ts";
import type { Plan } from "./plan.ts";
import { differences, type Interval, type Summary, summarise } from "./statistics.ts";

/** Something the paper or this project claims, and whether the numbers bear it out. */
export interface Verdict {
	readonly id: string;
	readonly claim: string;
	/** The rule that decides, as it stood before any number was known. */
	readonly rule: string;
	/** Null when there is nothing to decide it by. */
	readonly holds: boolean | null;
	/** The numbers. */
	readonly detail: string;
}

const signed = (x: number) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(1)}`;
const range = (interval: Interval | null) =>
	interval === null
		? "no interval from one seed"
		: `95 % interval ${signed(interval[0])} to ${signed(interval[1])}`;
const points = (s: Summary) => `${signed(s.mean)} points, ${range(s.interval)}, ${s.n} seeds`;

/** Least gain of DQO over the untrained model, in points. */
const LEAST_GAIN = 5;
const LEAST_AUC = 0.8;

/** Percent of seeds that solve each test problem greedily, by variant. */
type Shares = ReadonlyMap<string, readonly number[]>;

/** Every claim about what the plan measures, decided by its rule. */
export function judge(
	plan: Plan,
	measured: readonly Measured[],
	values: ValueReport | null,
	shares: Shares,
): Verdict[] {
	const of = (id: string) => measured.find((m) => m.id === id);
	const dqo = of("dqo");
	return [gains(dqo), ...comparisons(plan, of, shares), ...valueClaims(values)];
}

function gains(dqo: Measured | undefined): Verdict {
	const clear = dqo && (dqo.gain.interval?.[0] ?? -1) > 0 && (dqo.gainByProblem?.[0] ?? -1) > 0;
	return {
		id: "gain",
		claim: `DQO gains at least ${LEAST_GAIN} points of greedy accuracy over base`,
		rule: `mean gain at least ${LEAST_GAIN}, and its intervals over seeds and over problems above 0`,
		holds: dqo === undefined ? null : dqo.gain.mean >= LEAST_GAIN && clear === true,
		detail: dqo
			? `${points(dqo.gain)}; over test problems ${dqo.gainByProblem ? range(dqo.gainByProblem) : "no interval"}`
			: "not measured",
	};
}

/** How the difference `a - b` decides. */
const RULES = {
	level: {
		rule: "the interval of the paired difference reaches 0 or above",
		holds: (d: Summary) => (d.interval?.[1] ?? d.mean) >= 0,
	},
	above: {
		rule: "the interval of the paired difference lies above 0",
		holds: (d: Summary) => d.interval !== null && d.interval[0] > 0,
	},
} as const;

function comparisons(plan: Plan, of: (id: string) => Measured | undefined, shares: Shares): Verdict[] {
	/** The same difference over test problems, which tells how much the choice of problems matters, not that of samples. */
	const problems = ([a, b]: readonly [string, string], what: string): string => {
		const [ours, theirs] = [shares.get(a), shares.get(b)];
		if (what !== "greedyBySeed" || !ours || !theirs) return "";
		return `; over test problems ${range(differences(ours, theirs).interval)}`;
	};
	const compare = (
		id: string,
		claim: string,
		pair: readonly [string, string],
		by: keyof typeof RULES,
		what: "greedyBySeed" | "sampledBySeed" = "greedyBySeed",
	): Verdict[] => {
		if (!pair.every((variant) => plan.variants.some((known) => known.id === variant))) return [];
		const [a, b] = [of(pair[0]), of(pair[1])];
		const { rule, holds } = RULES[by];
		if (!a || !b) return [{ id, claim, rule, holds: null, detail: "not measured" }];
		// A run that broke down left its seed untested: only seeds that both have are paired.
		const seeds = a.seeds.filter((seed) => b.seeds.includes(seed));
		if (seeds.length === 0) return [{ id, claim, rule, holds: null, detail: "no seed in common" }];
		const bySeed = (m: Measured) => seeds.map((seed) => m[what][m.seeds.indexOf(seed)] as number);
		const d = differences(bySeed(a), bySeed(b));
		const levels = `${a.label} ${average(a[what])} %, ${b.label} ${average(b[what])} %`;
		return [{ id, claim, rule, holds: holds(d), detail: `${levels}: ${points(d)}${problems(pair, what)}` }];
	};
	return [
		...compare("rs", "DQO is level with or above RS (greedy)", ["dqo", "rs"], "level"),
		...compare("rs-above", "DQO is above RS, as in the paper (greedy)", ["dqo", "rs"], "above"),
		...compare(
			"rs-sampled",
			"DQO is above RS, as in the paper (sampled)",
			["dqo", "rs"],
			"above",
			"sampledBySeed",
		),
		...compare("sft", "DQO is above SFT, as in the paper (greedy)", ["dqo", "sft"], "above"),
		...compare("dpo", "DQO is above DPO, as in the paper (greedy)", ["dqo", "dpo"], "above"),
		...compare("kto", "DQO is above KTO, as in the paper (greedy)", ["dqo", "kto"], "above"),
		...compare("dro", "DQO is above DRO (greedy)", ["dqo", "dro"], "above"),
		...compare(
			"weight",
			"Without the importance weight DQO is worse",
			["dqo", "dqo-weight-neither"],
			"above",
		),
		...compare(
			"weight-policy",
			"Without the weight on the policy loss DQO is worse",
			["dqo", "dqo-weight-value"],
			"above",
		),
		...compare("lambda", "lambda 0.95 is worse than lambda 1", ["dqo", "dqo-lambda-0.95"], "above"),
		...compare("process", "Process scores raise DQO", ["dqo-process", "dqo"], "above"),
	];
}

const average = (values: readonly number[]) => summarise(values).mean.toFixed(1);

function valueClaims(values: ValueReport | null): Verdict[] {
	const aucs = (values?.bySeed ?? []).flatMap(({ bestStep, checkpoints }) => {
		const auc = checkpoints.find(({ step }) => step === bestStep)?.auc;
		return auc == null ? [] : [auc];
	});
	const changes = (values?.bySeed ?? []).flatMap(({ checkpoints }) => {
		const [first, last] = [checkpoints[0]?.correlation?.pearson, checkpoints.at(-1)?.correlation?.pearson];
		return first == null || last == null ? [] : [{ first, last }];
	});
	const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
	return [
		{
			id: "auc",
			claim: `V tells correct from wrong held-out responses: AUC at the last token above ${LEAST_AUC}`,
			rule: `the mean over seeds, at each run's best checkpoint, is above ${LEAST_AUC}`,
			holds: aucs.length === 0 ? null : mean(aucs) > LEAST_AUC,
			detail:
				aucs.length === 0
					? "not measured"
					: `${mean(aucs).toFixed(3)} (${aucs.map((auc) => auc.toFixed(3)).join(", ")})`,
		},
		{
			id: "correlation",
			claim: "The correlation of V with process scores rises from the first to the last checkpoint",
			rule: "the mean over seeds of last less first is above 0",
			holds: changes.length === 0 ? null : mean(changes.map(({ first, last }) => last - first)) > 0,
			detail:
				changes.length === 0
					? "not measured"
					: changes.map(({ first, last }) => `${first.toFixed(3)} to ${last.toFixed(3)}`).join(", "),
		},
	];
}
