import { statSync } from "node:fs";
import { join } from "node:path";
import type { ExampleTokens, TokenRole } from "../../contract/api-data.ts";
import { AppError } from "../../contract/errors.ts";
import { modelHome } from "../../store/model-home.ts";
import { encodePrompt } from "../../tokenizers/prompt.ts";
import { segmentEnds } from "../../tokenizers/segment-ends.ts";
import { loadTokenizer, type Tokenizer } from "../../tokenizers/tokenizer.ts";
import { encodeTrajectories } from "../../training/trajectories.ts";
import { exampleAt } from "./example-access.ts";
import { examplesOfPrompt } from "./index-files.ts";
import { currentManifest } from "./pages.ts";
import { promptRoles } from "./prompt-roles.ts";
import { tokenTexts } from "./token-texts.ts";

/** How text becomes tokens, as a run with these settings would do it. */
export interface EncodingInput {
	/** Folder of the model. */
	readonly modelDir: string;
	readonly template: string;
	/** Fitted to the model's context. */
	readonly maxPromptTokens: number;
	readonly maxResponseTokens: number;
}

export interface TokensInput extends EncodingInput {
	readonly dir: string;
	readonly index: number;
}

/** Siblings listed of a prompt; the paper samples 20 responses to each. */
const MAX_SIBLINGS = 500;

/** One response as training takes it: encoded by the very function that training calls, then spelt out token by token. */
export async function readTokens(input: TokensInput): Promise<ExampleTokens> {
	const manifest = currentManifest(input.dir);
	const found = await exampleAt(input.dir, manifest, input.index);
	if (found === null) {
		const message = `There is no example ${input.index + 1} among ${manifest.counts.entries}.`;
		throw new AppError({ code: "usage", message, hint: "Choose one of the data set's examples." });
	}
	const { example, entry } = found;
	const tokenizer = await tokenizerOf(input.modelDir);
	const { template, maxPromptTokens, maxResponseTokens } = input;
	const encode = (limits: { maxPromptTokens: number; maxResponseTokens: number }) =>
		encodeTrajectories([example], tokenizer, { ...limits, template, processRewardScale: 1 }).trajectories[0];
	const all = Number.MAX_SAFE_INTEGER;
	const whole = encode({ maxPromptTokens: all, maxResponseTokens: all });
	// A prompt that is too long is left out of training: it is shown, with nothing of it in the loss.
	const trained = encode({ maxPromptTokens, maxResponseTokens });
	const prompt = whole?.prompt ?? encodePrompt(example.prompt, template, tokenizer);
	const response = trained?.response ?? whole?.response.slice(0, maxResponseTokens) ?? [];
	const promptTexts = tokenTexts(prompt, tokenizer);
	const roles = promptRoles(example.prompt, template, promptTexts, tokenizer);
	const ends = segmentMarks(example, response, tokenizer);
	const responseTexts = tokenTexts(response, tokenizer);
	const siblings = siblingsOf(input.dir, entry.prompt, input.index);
	return {
		index: input.index,
		row: example.row,
		total: manifest.counts.entries,
		tokens: [
			...prompt.map((id, i) => ({
				id,
				text: promptTexts[i] ?? "",
				role: roles[i] ?? ("template" as TokenRole),
				inLoss: false,
				segmentReward: null,
			})),
			...response.map((id, i) => ({
				id,
				text: responseTexts[i] ?? "",
				role: roleOfResponse(id, i === response.length - 1, tokenizer),
				inLoss: trained !== undefined,
				segmentReward: ends.get(i) ?? null,
			})),
		],
		promptTokens: prompt.length,
		responseTokens: whole?.response.length ?? 0,
		cutTokens: whole === undefined ? 0 : whole.response.length - response.length,
		reward: example.reward ?? (example.label === undefined ? null : Number(example.label)),
		siblings,
	};
}

function roleOfResponse(id: number, last: boolean, tokenizer: Tokenizer): TokenRole {
	return last && tokenizer.eosIds.includes(id) ? "eos" : "assistant";
}

/** Process rewards by the response token that they are read at; segments beyond the cut fall on the last token. */
function segmentMarks(
	{ segments, segmentRewards }: { segments?: string[]; segmentRewards?: number[] },
	response: readonly number[],
	tokenizer: Tokenizer,
): Map<number, number> {
	const marks = new Map<number, number>();
	if (!segments || !segmentRewards || response.length === 0) return marks;
	for (const [i, end] of segmentEnds(response, segments, tokenizer).entries())
		marks.set(end - 1, (marks.get(end - 1) ?? 0) + (segmentRewards[i] ?? 0));
	return marks;
}

function siblingsOf(dir: string, prompt: number, index: number): ExampleTokens["siblings"] {
	const found = examplesOfPrompt(dir, prompt, MAX_SIBLINGS);
	const siblings = found.map(({ index: place, entry }) => ({ index: place, correct: entry.correct }));
	return siblings.some((sibling) => sibling.index === index)
		? siblings
		: [{ index, correct: null }, ...siblings];
}

let opened: { key: string; tokenizer: Promise<Tokenizer> } | null = null;

/** The tokenizer of a folder; the last one is kept, for opening a large one takes a second. */
export function tokenizerOf(modelDir: string): Promise<Tokenizer> {
	const key = tokenizerKey(modelDir);
	if (opened?.key !== key) opened = { key, tokenizer: loadTokenizer(modelDir) };
	return opened.tokenizer;
}

/** Changes when any file changes that tokens depend on. */
export function tokenizerKey(modelDir: string): string {
	const names = [
		"tokenizer.json",
		"tokenizer_config.json",
		"config.json",
		"generation_config.json",
		"chat_template.jinja",
	];
	const home = modelHome(modelDir);
	const files = names.map((name) => {
		const info = statSync(join(home, name), { throwIfNoEntry: false });
		return info === undefined ? "-" : `${info.size}:${info.mtimeMs}`;
	});
	return [modelDir, ...files].join("|");
}
