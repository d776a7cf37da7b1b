import { PAPER_SAMPLING } from "../../core/contract/sampling.ts";
import { gradeGsm8k } from "../../core/grading/gsm8k.ts";
import { loadModelFolder } from "../../core/models/hf/load.ts";
import { Sampler } from "../../core/sampling/sampler.ts";
import { loadTokenizer } from "../../core/tokenizers/tokenizer.ts";
import { answer, question, type Scene, TRAPS } from "./problems.ts";

/** Shares of right answers, 0 to 1. */
export interface Measurement {
	problems: number;
	greedy: number;
	/** Mean over 8 samples a problem with the paper's sampling parameters. */
	sampled: number;
	/** Share of problems with a right answer among the 8. */
	passAt8: number;
	/** Greedy accuracy by trap, and without one. */
	greedyByTrap: Record<string, number>;
}

const SAMPLES = 8;

/** Measures a model folder on problems, with the product's own sampler and grader. */
export async function measure(modelDir: string, scenes: readonly Scene[]): Promise<Measurement> {
	const tokenizer = await loadTokenizer(modelDir);
	const { config, tensors } = await loadModelFolder(modelDir);
	const sampler = await Sampler.create({ config, tensors });
	const prompts = scenes.map((scene) => tokenizer.renderPrompt(question(scene)));
	const common = { ...PAPER_SAMPLING, n: SAMPLES, maxNewTokens: 48, eosIds: tokenizer.eosIds };
	const verdicts = async (greedy: boolean) => {
		const all = await sampler.generateAll(prompts, { ...common, n: greedy ? 1 : SAMPLES, greedy });
		return all.map((responses, i) => {
			const reference = answer(scenes[i] as Scene, { trap: false });
			return responses.map(({ tokens }) => gradeGsm8k(tokenizer.decode(tokens), reference).correct);
		});
	};
	const greedy = await verdicts(true);
	const sampled = await verdicts(false);
	await sampler.release();
	const ofTrap = (trap: Scene["trap"]) => share(greedy.flat().filter((_, i) => scenes[i]?.trap === trap));
	return {
		problems: scenes.length,
		greedy: share(greedy.flat()),
		sampled: share(sampled.flat()),
		passAt8: share(sampled.map((responses) => responses.includes(true))),
		greedyByTrap: Object.fromEntries([null, ...TRAPS].map((trap) => [trap ?? "none", ofTrap(trap)])),
	};
}

function share(outcomes: readonly boolean[]): number {
	return outcomes.filter(Boolean).length / outcomes.length;
}

const BLOCK = /(<!-- measured -->\n)[\s\S]*(<!-- \/measured -->)/;

/** The card with its measured numbers replaced. Throws when the card has no place for them. */
export function withMeasurement(card: string, m: Measurement): string {
	if (!BLOCK.test(card)) throw new Error("the card has no measured block");
	const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
	const error = 100 * Math.sqrt((m.greedy * (1 - m.greedy)) / m.problems);
	const rows = Object.entries(m.greedyByTrap).map(([trap, x]) => `| ${trap} | ${percent(x)} |`);
	const text = [
		`Measured on the ${m.problems} test problems (standard error ${error.toFixed(1)} points): **${percent(m.greedy)} greedy**,`,
		`${percent(m.sampled)} sampled (8 samples, temperature 1, top-k 16, top-p 0.9, threshold 0.01), at least one of 8 right ${percent(m.passAt8)}.`,
		"",
		"| Trap in the problem | Greedy accuracy |",
		"|---|---|",
		...rows,
	];
	return card.replace(BLOCK, (_, open: string, close: string) => `${open}${text.join("\n")}\n${close}`);
}
