import { type Point, samePoint } from "./grid.ts";
import type { Measured } from "./measured.ts";
import type { Report } from "./report.ts";
import { type Interval, meanRow, summarise } from "./statistics.ts";

/** A table of the report, to be rendered as Markdown or HTML. The first column names the row; the others are numbers. */
export interface Table {
	readonly id: string;
	readonly title: string;
	/** What is compared and how to read it, a sentence or two. */
	readonly note: string;
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

export const signed = (x: number): string => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(1)}`;
const interval = (i: Interval | null): string => (i === null ? "–" : `${signed(i[0])} to ${signed(i[1])}`);
const plain = (x: number | null | undefined, digits = 3): string => (x == null ? "–" : x.toFixed(digits));
const rateText = (rate: number): string => rate.toExponential().replace("e-", "e−");

const pointText = ({ lr, beta }: Point) => [rateText(lr), beta === null ? "–" : String(beta)];

/** A base model's rows carry no gain. */
const HEAD = [
	"",
	"greedy %",
	"sampled %",
	"greedy gain",
	"95 % over seeds",
	"95 % over problems",
	"lr",
	"beta",
];

function row(m: Measured, label = m.label): string[] {
	return [
		label,
		m.greedy.mean.toFixed(1),
		`${m.sampled.mean.toFixed(1)} ± ${m.deviation.toFixed(1)}`,
		signed(m.gain.mean),
		interval(m.gain.interval),
		interval(m.gainByProblem),
		...pointText(m.point),
	];
}

/** Every table of the report, in its order; one without rows is left out. */
export function tablesOf(report: Report): Table[] {
	const { base, measured, plan } = report;
	const of = (table: number) => measured.filter((m) => m.table === table);
	const dqo = measured.find(({ id }) => id === "dqo");
	const baseRow = [
		"base",
		base.greedy.toFixed(1),
		`${base.sampled.toFixed(1)} ± ${base.deviation.toFixed(1)}`,
	];
	const withDqo = (label: string, others: readonly Measured[]) =>
		dqo && others.length > 0 ? [row(dqo, label), ...others.map((m) => row(m))] : others.map((m) => row(m));
	const ownGrid = plan.variants.some(({ table, grid }) => table === 7 && grid !== null);
	const tables: Table[] = [
		{
			id: "table-3",
			title: "Methods (the paper's table 3)",
			note: `Accuracy on ${base.n} test problems, mean over ${plan.seeds.length} training seeds; sampled accuracy ± its standard deviation over ${plan.sampledSeeds} sampling seeds. The gain is over base, in points.`,
			head: HEAD,
			rows: [
				[...baseRow, ...Array<string>(HEAD.length - baseRow.length).fill("–")],
				...[...of(3), ...of(7)].map((m) => row(m)),
			],
		},
		{
			id: "table-5",
			title: "Importance weight (table 5)",
			note: "DQO with the weight on both losses, on one of them, or on neither; all at DQO's best setting.",
			head: HEAD,
			rows: withDqo("weight on both losses", of(5)),
		},
		{
			id: "table-6",
			title: "Lambda (table 6)",
			note: "DQO with the full return (lambda 1) and with shorter ones; all at DQO's best setting.",
			head: HEAD,
			rows: withDqo("lambda 1", of(6)),
		},
		{
			id: "table-7",
			title: "Process scores (table 7)",
			note: `Rewards for the lines of a response that ${plan.rollouts} completions can still bring to a correct answer, added to the outcome's reward; ${ownGrid ? "each at its own best setting" : "both at DQO's best setting"}.`,
			head: HEAD,
			rows: withDqo("DQO, outcome only", of(7)),
		},
		valueTable(report),
		gridTable(report),
	];
	return tables.filter(({ rows }) => rows.length > 0);
}

/** Means over seeds at each checkpoint that every seed has. */
export function valueCurves(report: Report) {
	const bySeed = report.values?.bySeed ?? [];
	const shortest = bySeed.reduce((n, { checkpoints }) => Math.min(n, checkpoints.length), Infinity);
	const steps = bySeed[0]?.checkpoints.slice(0, shortest).map(({ step }) => step) ?? [];
	const curve = (
		name: string,
		read: (c: (typeof bySeed)[number]["checkpoints"][number]) => number | null,
	) => {
		const lines = bySeed.map(({ checkpoints }) => checkpoints.slice(0, shortest).map((c) => read(c)));
		const known = lines.filter((line) => line.every((x) => x !== null)) as number[][];
		return { name, seeds: known, mean: known.length === 0 ? [] : meanRow(known) };
	};
	return {
		steps,
		correlation: curve("correlation, all responses", (c) => c.correlation?.pearson ?? null),
		correlationWrong: curve("correlation, wrong responses", (c) => c.correlationWrong?.pearson ?? null),
		auc: curve("AUC at the last token", (c) => c.auc),
		aucWithin: curve("AUC within prompts", (c) => c.aucWithinPrompt),
	};
}

function valueTable(report: Report): Table {
	const { steps, correlation, correlationWrong, auc, aucWithin } = valueCurves(report);
	const { values } = report;
	return {
		id: "figure-2",
		title: "The value function over checkpoints (figure 2)",
		note: `V of DQO trained without process scores, on ${values?.rows ?? 0} responses to held-out problems (${values?.wrong ?? 0} wrong): Pearson correlation of V at line ends with process scores, and the area under the ROC curve of V at the last token, over all pairs of a correct and a wrong response and over pairs of responses to one prompt, where knowing the hard prompts does not help. Mean over seeds; steps before the policy moves are the value function's warm-up.`,
		head: ["step", "correlation", "among wrong responses", "AUC", "AUC within prompts"],
		rows: steps.map((step, i) => [
			String(step),
			plain(correlation.mean[i]),
			plain(correlationWrong.mean[i]),
			plain(auc.mean[i]),
			plain(aucWithin.mean[i]),
		]),
	};
}

function gridTable({ plan, trials, measured }: Report): Table {
	const rows = plan.variants.flatMap((variant) => {
		const own = trials.filter((trial) => trial.variant === variant.id);
		const tested = measured.find((m) => m.id === variant.id);
		const points = own.map(({ point }) => point);
		const tried = points.filter((point, i) => points.findIndex((p) => samePoint(p, point)) === i);
		return tried.map((point) => {
			const found = own.filter((trial) => samePoint(trial.point, point));
			const known = found.map(({ validation }) => validation ?? 0);
			const chosen = tested !== undefined && samePoint(tested.point, point);
			return [
				variant.label,
				...pointText(point),
				summarise(known).mean.toFixed(1),
				found.map(({ validation }) => plain(validation, 1)).join(", "),
				Math.round(summarise(found.map(({ seconds }) => seconds)).mean).toString(),
				chosen ? (tested.edges.length > 0 ? "tested, end of grid" : "tested") : "",
			];
		});
	});
	return {
		id: "grid",
		title: "Settings tried",
		note: `Greedy accuracy on ${plan.validationProblems} validation problems at each run's best checkpoint. The setting with the highest mean is tested, once for each seed. ${edgeNote(measured)}`,
		head: ["", "lr", "beta", "validation %", "by seed", "seconds a run", ""],
		rows,
	};
}

/** Whether a grid may have been too narrow. */
function edgeNote(measured: readonly Measured[]): string {
	const found = measured.filter(({ edges }) => edges.length > 0);
	if (found.length === 0) return "Every best setting is an inner one of its grid.";
	const list = found.map(({ label, edges }) => `${label} (${edges.join(", ")})`).join("; ");
	return `At an end of the grid, so that a better setting may lie beyond: ${list}.`;
}
