import type { Task } from "../contract/task.ts";
import type { SampleLine } from "../contract/token-scores.ts";
import { toTokenScores } from "../sampling/token-scores.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import type { GreedyAnswer } from "./held-out.ts";
import { responseOnly } from "./score.ts";
import type { Trainer } from "./trainer.ts";

/** Greedy answers as the lines of a run's log, the first `shown` with V and log-probs of every token. */
export async function sampleLines(
	answers: readonly GreedyAnswer[],
	{ trainer, tokenizer, task, shown, betweenBatches }: SampleOptions,
): Promise<SampleLine[]> {
	const { step } = trainer.state;
	const trajectories = answers
		.slice(0, shown)
		.map(({ sample, prompt, tokens }) => responseOnly(sample.row, prompt, tokens));
	const scores = await trainer.score(trajectories, betweenBatches);
	return answers.map(({ sample }, i) => {
		const trajectory = trajectories[i];
		const own = trajectory && scores.get(trajectory);
		if (!own) return { step, ...sample, scores: null };
		const reward = sample.correct === null ? null : Number(sample.correct);
		return {
			step,
			...sample,
			scores: toTokenScores({ tokens: trajectory.response, ...own, reward }, task, tokenizer),
		};
	});
}

export interface SampleOptions {
	readonly trainer: Pick<Trainer, "state" | "score">;
	readonly tokenizer: Tokenizer;
	readonly task: Task | null;
	/** Answers whose tokens are scored; 0 without a value function. */
	readonly shown: number;
	/** Called between runs of the graph; throws to cancel. */
	readonly betweenBatches: () => Promise<void>;
}
