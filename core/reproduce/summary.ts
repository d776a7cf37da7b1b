import type { Plan } from "./plan.ts";
import type { Report } from "./report.ts";
import type { Verdict } from "./verdicts.ts";

export const verdictWord = ({ holds }: Verdict): string =>
	holds === null ? "not measured" : holds ? "holds" : "does not hold";

/** How the numbers were made, a sentence each. */
export function methodOf({ plan, probes, sampling, notes }: Report): string[] {
	const responses = sampling.reduce((sum, s) => sum + s.responses, 0);
	const correct = sampling.reduce((sum, s) => sum + s.correct, 0);
	const share = responses === 0 ? 0 : (100 * correct) / responses;
	const rare = plan.rare === null ? [] : [rareText(plan.rare, probes)];
	const borrowing = plan.variants.flatMap(({ grid, label }) => (grid === null ? [label] : []));
	return [
		...rare,
		`Per seed (${plan.seeds.join(", ")}), ${plan.samples} responses to each of ${plan.prompts} training problems were sampled from the starter model once; RS, DPO, KTO, DRO and DQO all learn from these same responses (${share.toFixed(1)} % correct), SFT from the reference solutions.`,
		"All weights are trained. Every method has its own small grid of settings, as many as every other, the same seeds, and the same validation problems, which choose the checkpoint and the setting; only then is each chosen run tested, once.",
		...(borrowing.length > 0
			? [`Without a grid of their own, at DQO's best learning rate and beta: ${borrowing.join(", ")}.`]
			: []),
		"The starter's mistakes are planted habits, so a gain says how well a method unlearns a habit. It is a very small model: what holds here need not hold at 7 billion parameters, and the other way round.",
		"Intervals over seeds use Student's t; with few seeds they are wide. Intervals over problems take the trained models as given.",
		...notes,
	];
}

/** Which problems are used where correct samples are to be rare. */
function rareText({ samples, maxSolved }: NonNullable<Plan["rare"]>, probes: Report["probes"]): string {
	const kept = probes.map(({ file, problems, kept: n }) => `${n} of ${problems} ${file} problems`).join(", ");
	return `Only problems are used of which the starter solves at most ${100 * maxSolved} % of ${samples} samples that were drawn for this alone: ${kept}.`;
}

/** Where and when it ran, as label and value. */
export function environmentOf({ environment: e, plan, stageSeconds, trials }: Report): [string, string][] {
	return [
		["Form", plan.rare === null ? plan.form : `${plan.form}, problems that are rarely solved`],
		["Seeds", plan.seeds.join(", ")],
		["Program", `DQO Studio ${e.program}, Node ${e.node}, ONNX Runtime ${e.onnxRuntime}`],
		["Commit", e.commit === null ? "not known" : `${e.commit}${e.modified ? " with changes" : ""}`],
		["Machine", `${e.cpu}, ${e.cores} cores, ${e.memoryGib} GiB, ${e.system}`],
		["Started", e.started],
		[
			"Work",
			`${trials.length} training runs; ${Math.round(stageSeconds / 60)} minutes of work, ${e.parallel} at a time`,
		],
	];
}

/** The outcome in one sentence. */
export function headlineOf({ plan: { rare }, base, measured, verdicts }: Report): string {
	const dqo = measured.find(({ id }) => id === "dqo");
	const held = verdicts.filter(({ holds }) => holds === true).length;
	const known = verdicts.filter(({ holds }) => holds !== null).length;
	const gain = dqo
		? `DQO takes the starter from ${base.greedy.toFixed(1)} % to ${dqo.greedy.mean.toFixed(1)} % greedy. `
		: "";
	const where = rare === null ? "" : "Where the starter rarely samples a correct answer: ";
	return `${where}${gain}Of ${known} claims tested, ${held} hold here.`;
}
