/** The forms of data set, in the words of the field, each with a row as an example. */
export const KINDS: readonly { kind: string; label: string; row: Record<string, unknown> }[] = [
	{
		kind: "question-answer",
		label: "Question and answer",
		row: { question: "6 cakes and 2 more?", answer: "6+2=8\n#### 8" },
	},
	{
		kind: "problem-solution",
		label: "Problem and solution",
		row: { problem: "What is $1+1$?", solution: "It is $\\boxed{2}$." },
	},
	{
		kind: "scored",
		label: "Scored trajectories",
		row: { prompt: "1+1?", completion: "It is 2.", reward: 1 },
	},
	{
		kind: "stepwise",
		label: "Scored steps",
		row: { prompt: "1+1?", completions: ["1+1=2\n", "#### 2"], labels: [true, true] },
	},
	{
		kind: "preference",
		label: "Preference pairs",
		row: { prompt: "1+1?", chosen: "It is 2.", rejected: "It is 3." },
	},
	{
		kind: "prompt-completion",
		label: "Prompt and completion",
		row: { prompt: "1+1?", completion: "It is 2." },
	},
	{ kind: "prompt-only", label: "Prompts", row: { prompt: "1+1?" } },
	{ kind: "messages", label: "Conversations", row: { messages: [{ role: "user", content: "1+1?" }] } },
	{
		kind: "sharegpt",
		label: "Conversations, ShareGPT",
		row: { conversations: [{ from: "human", value: "1+1?" }] },
	},
	{ kind: "alpaca", label: "Instructions, Alpaca", row: { instruction: "Add.", input: "1+1", output: "2" } },
	{
		kind: "model-outputs",
		label: "Model outputs",
		row: { question: "1+1?", ground_truth: "2", gpt: { solution: "2", is_correct: true } },
	},
];

export function kindLabel(kind: string | null): string {
	if (kind === null) return "Unknown form";
	return KINDS.find((one) => one.kind === kind)?.label ?? kind;
}
