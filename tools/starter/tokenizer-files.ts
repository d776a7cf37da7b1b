import { trainBpe, type Vocabulary } from "./bpe.ts";
import { answer, drawSplit, question } from "./problems.ts";

export const PAD = "<|pad|>";
export const END = "<|end|>";
export const USER = "<|user|>";
export const ASSISTANT = "<|assistant|>";

/** Special tokens in the order of their ids, from 0. */
export const SPECIAL_TOKENS: readonly string[] = [PAD, END, USER, ASSISTANT];

/** `<|user|>question<|assistant|>answer<|end|>`: three template tokens, because every token costs training time. */
export const CHAT_TEMPLATE = [
	"{% for message in messages %}",
	"{% if message['role'] == 'user' %}",
	`{{ '${USER}' + message['content'] }}`,
	"{% elif message['role'] == 'assistant' %}",
	`{{ '${ASSISTANT}' + message['content'] + '${END}' }}`,
	"{% else %}",
	"{{ raise_exception('This model knows the roles user and assistant only') }}",
	"{% endif %}",
	"{% endfor %}",
	`{% if add_generation_prompt %}{{ '${ASSISTANT}' }}{% endif %}`,
].join("");

/** Trains the starter's vocabulary on questions and answers of its SFT split. */
export function starterVocabulary(seed: number, size: number): Vocabulary {
	const scenes = drawSplit("sft", 4000, seed, "tokenizer");
	const texts = scenes.flatMap((scene) => [question(scene), answer(scene, { trap: false })]);
	return trainBpe(texts, SPECIAL_TOKENS, size);
}

/** The tokenizer's files in Hugging Face's form, by name. */
export function tokenizerFiles(vocabulary: Vocabulary): Record<string, object> {
	const special = (content: string, id?: number) => ({
		...(id === undefined ? {} : { id }),
		content,
		single_word: false,
		lstrip: false,
		rstrip: false,
		normalized: false,
		special: true,
	});
	const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
	const endId = SPECIAL_TOKENS.indexOf(END);
	const padId = SPECIAL_TOKENS.indexOf(PAD);
	return {
		"tokenizer.json": {
			version: "1.0",
			truncation: null,
			padding: null,
			added_tokens: SPECIAL_TOKENS.map((token, id) => special(token, id)),
			normalizer: null,
			pre_tokenizer: byteLevel,
			post_processor: null,
			decoder: byteLevel,
			model: {
				type: "BPE",
				dropout: null,
				unk_token: null,
				continuing_subword_prefix: null,
				end_of_word_suffix: null,
				fuse_unk: false,
				byte_fallback: false,
				ignore_merges: false,
				vocab: Object.fromEntries(vocabulary.tokens.map((token, id) => [token, id])),
				merges: vocabulary.merges,
			},
		},
		"tokenizer_config.json": {
			tokenizer_class: "PreTrainedTokenizerFast",
			added_tokens_decoder: Object.fromEntries(
				SPECIAL_TOKENS.map((token, id) => [String(id), special(token)]),
			),
			bos_token: null,
			eos_token: END,
			pad_token: PAD,
			unk_token: null,
			additional_special_tokens: [USER, ASSISTANT],
			add_bos_token: false,
			add_eos_token: false,
			clean_up_tokenization_spaces: false,
			model_max_length: 2048,
			chat_template: CHAT_TEMPLATE,
		},
		"special_tokens_map.json": {
			eos_token: END,
			pad_token: PAD,
			additional_special_tokens: [USER, ASSISTANT],
		},
		"generation_config.json": {
			eos_token_id: endId,
			pad_token_id: padId,
			do_sample: true,
			temperature: 1,
			top_k: 16,
			top_p: 0.9,
			max_new_tokens: 64,
		},
	};
}
