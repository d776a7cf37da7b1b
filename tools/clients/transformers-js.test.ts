import { basename, dirname, join } from "node:path";
import {
	AutoModelForCausalLM,
	AutoTokenizer,
	env,
	type PreTrainedModel,
	type PreTrainedTokenizer,
	pipeline,
	type Tensor,
	type TextGenerationPipeline,
} from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExportResult } from "../../core/contract/jobs.ts";
import { exportOnnx } from "../../core/export/onnx/onnx.ts";
import { type Trained, trained } from "./trained.ts";

let run: Trained;
beforeAll(async () => {
	env.allowRemoteModels = false;
	run = await trained();
});
afterAll(() => run.remove());

const QUESTIONS = [
	"Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?",
	"Ben has 6 bags of 4 coins. He gives 3 coins to Mia. How many coins does Ben have now?",
	"Eva has 12 eggs. She sells 3 eggs. Zoe has 8 more eggs than Eva. How many eggs does Zoe have?",
];
const GREEDY = { max_new_tokens: 32, do_sample: false };
/** How far logits may move, as a share of the largest: the exporter's own bounds. */
const TOLERANCE = { F32: 1e-4, F16: 1e-2, INT8: 1e-1 };

/** What transformers.js finds by this name. */
function nameOf(dir: string): string {
	env.localModelPath = dirname(dir);
	return basename(dir);
}

const chat = (question: string) => [{ role: "user", content: question }];
const numbers = (tensor: Tensor) => Array.from(tensor.data as BigInt64Array, Number);

/** Ids of the rows of `generate`, without the prompt's and without what fills a row up after its end. */
function answersOf(sequences: Tensor, promptLength: number, eosId: number): number[][] {
	return (sequences.tolist() as bigint[][]).map((row) => {
		const ids = row.slice(promptLength).map(Number);
		const end = ids.indexOf(eosId);
		return end === -1 ? ids : ids.slice(0, end + 1);
	});
}

describe.each(["F32", "F16", "INT8"] as const)("the run as ONNX in %s", (dtype) => {
	let result: ExportResult;
	let model: PreTrainedModel;
	let tokenizer: PreTrainedTokenizer;
	beforeAll(async () => {
		result = run.export("onnx", dtype);
		// No dtype is asked for: config.json names the one that is there.
		model = await AutoModelForCausalLM.from_pretrained(nameOf(result.dir), { device: "cpu" });
		tokenizer = await AutoTokenizer.from_pretrained(nameOf(result.dir));
	});
	afterAll(() => model.dispose());

	it("was verified when it was written", () => {
		expect(result).toMatchObject({ verified: true, problem: null });
	});

	it("renders a chat, and encodes every text of the corpus, as we do", () => {
		for (const question of QUESTIONS) {
			const { input_ids } = tokenizer.apply_chat_template(chat(question), {
				add_generation_prompt: true,
				return_dict: true,
			}) as { input_ids: Tensor };
			expect(numbers(input_ids)).toEqual(run.promptOf(question));
		}
		for (const text of run.corpus)
			expect(tokenizer.encode(text, { add_special_tokens: false })).toEqual(run.tokenizer.encode(text));
	});

	it("has our logits, and our greedy answers to their end", async () => {
		for (const question of QUESTIONS) {
			const prompt = run.promptOf(question);
			const answer = [...(await run.greedy(prompt))];
			const given = tokenizer.apply_chat_template(chat(question), {
				add_generation_prompt: true,
				return_dict: true,
			}) as Record<string, Tensor>;
			const sequences = (await model.generate({ ...given, ...GREEDY })) as Tensor;
			const [theirs] = answersOf(sequences, prompt.length, run.tokenizer.eosIds[0] as number);
			if (dtype === "F32") expect(theirs).toEqual(answer);

			if (answer.length < 32) expect(theirs?.at(-1)).toBe(run.tokenizer.eosIds[0]);

			const { logits } = (await model(given)) as { logits: Tensor };
			const ours = await run.logits(prompt);
			expect(logits.dims).toEqual([1, prompt.length, ours.length / prompt.length]);
			const found = logits.data as Float32Array;
			const largest = Math.max(...ours.map(Math.abs));
			const difference = Math.max(...ours.map((value, i) => Math.abs(value - (found[i] as number))));
			const same = theirs?.join() === answer.join();
			console.log(
				`${dtype}: largest logit ${largest.toFixed(2)}, difference ${difference.toExponential(2)}, greedy ${same ? "equal" : "apart"}`,
			);
			expect(difference).toBeLessThan(TOLERANCE[dtype] * largest);
		}
	});

	it("answers a batch of questions of unlike lengths, padded on the left", async () => {
		const asText = { add_generation_prompt: true, tokenize: false } as const;
		const texts = QUESTIONS.map(
			(question) => tokenizer.apply_chat_template(chat(question), asText) as string,
		);
		tokenizer.padding_side = "left";
		const given = tokenizer(texts, { padding: true, add_special_tokens: false });
		const lengths = QUESTIONS.map((question) => run.promptOf(question).length);
		expect(new Set(lengths).size).toBeGreaterThan(1);
		const sequences = (await model.generate({ ...given, ...GREEDY })) as Tensor;
		const answers = answersOf(sequences, Math.max(...lengths), run.tokenizer.eosIds[0] as number);
		const alone = await Promise.all(QUESTIONS.map((question) => run.greedy(run.promptOf(question))));
		if (dtype === "F32") expect(answers).toEqual(alone.map((ids) => [...ids]));
		else expect(answers.map((ids) => ids.length > 0)).toEqual([true, true, true]);
	});

	it("answers through the pipeline", async () => {
		const generate = (await pipeline("text-generation", nameOf(result.dir), {
			device: "cpu",
		})) as TextGenerationPipeline;
		const question = QUESTIONS[0] as string;
		const [output] = (await generate(chat(question), GREEDY)) as { generated_text: { content: string }[] }[];
		const expected = run.tokenizer.decode(await run.greedy(run.promptOf(question)));
		const content = output?.generated_text.at(-1)?.content;
		if (dtype === "F32") expect(content).toBe(expected);
		else expect(content).not.toBe("");
		await generate.dispose();
	});
});

describe("an export with its weights in files of their own", () => {
	it("opens by what config.json says", async () => {
		const { config, tensors, modelDir } = run.policy;
		const outDir = join(dirname(run.runDir), "spread");
		const limits = { inlineBytes: 0, fileBytes: 1_000_000 };
		await exportOnnx({ config, tensors, sourceDir: modelDir, outDir, dtype: "fp32", ...limits });
		const model = await AutoModelForCausalLM.from_pretrained(nameOf(outDir), { device: "cpu" });
		const tokenizer = await AutoTokenizer.from_pretrained(nameOf(outDir));
		const question = QUESTIONS[1] as string;
		const prompt = run.promptOf(question);
		const given = tokenizer.apply_chat_template(chat(question), {
			add_generation_prompt: true,
			return_dict: true,
		}) as Record<string, Tensor>;
		const sequences = (await model.generate({ ...given, ...GREEDY })) as Tensor;
		const [answer] = answersOf(sequences, prompt.length, run.tokenizer.eosIds[0] as number);
		expect(answer).toEqual([...(await run.greedy(prompt))]);
		await model.dispose();
	});
});
