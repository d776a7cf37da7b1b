import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { ModelCard, ModelEntry } from "../../contract/api-models.ts";
import { AppError } from "../../contract/errors.ts";
import { type DecoderConfig, parseHfConfig } from "../../models/config.ts";
import { MAX_CONFIG_BYTES } from "../../models/hf/limits.ts";
import { inspectModelFolder } from "../../models/hf/load.ts";
import { elementCount } from "../../models/hf/safetensors-header.ts";
import { foreignFileBytes, readForeignJson } from "../../store/foreign-files.ts";
import { compileChatTemplate } from "../../tokenizers/chat-template.ts";
import { readTokenizerFiles } from "../../tokenizers/files.ts";
import { loadTokenizer } from "../../tokenizers/tokenizer.ts";

/** What the folder of a model says, apart from what the user calls it. */
export type ModelFacts = Omit<
	ModelEntry,
	"id" | "name" | "path" | "builtIn" | "loraMemoryBytes" | "fits" | "smaller"
>;

const UNKNOWN: Omit<ModelFacts, "state" | "refusal"> = {
	family: null,
	parameters: null,
	dtype: null,
	contextLength: null,
	vocabSize: null,
	layers: null,
	hiddenSize: null,
	heads: null,
	keyValueHeads: null,
	tiedEmbeddings: null,
	bytes: 0,
	hasChatTemplate: false,
};

/** Looks at a folder's configuration, its weight files' headers and its tokenizer; never at a weight. */
export async function inspectModel({ dir }: { dir: string }): Promise<ModelFacts> {
	try {
		const weights = inspectWeights(dir);
		await loadTokenizer(dir);
		const hasChatTemplate = compileChatTemplate(await readTokenizerFiles(dir), dir) !== null;
		return { ...weights, hasChatTemplate };
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		return { ...UNKNOWN, ...configFacts(dir), state: "refused", refusal: error.toBody() };
	}
}

/** The part of it that needs no tokenizer. Throws as `inspectModelFolder`. */
export function inspectWeights(dir: string): ModelFacts {
	const { config, files, found } = inspectModelFolder(dir);
	const dtypes = new Set([...found.values()].map((tensor) => tensor.dtype));
	const [dtype] = dtypes;
	return {
		...UNKNOWN,
		...describeConfig(config),
		state: "ready",
		refusal: null,
		parameters: [...found.values()].reduce((sum, tensor) => sum + elementCount(tensor.shape), 0),
		dtype: dtypes.size === 1 && dtype !== undefined ? dtype : "mixed",
		bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
	};
}

/** What can be told of a folder that is refused: all that its configuration says, as far as it can be read. */
function configFacts(dir: string): Partial<ModelFacts> {
	try {
		const path = join(dir, "config.json");
		const json = readForeignJson(path, MAX_CONFIG_BYTES);
		try {
			return describeConfig(parseHfConfig(json, path));
		} catch {
			const { model_type: family } = json as { model_type?: unknown };
			return { family: typeof family === "string" ? family.slice(0, 60) : null };
		}
	} catch {
		return {};
	}
}

function describeConfig(config: DecoderConfig) {
	return {
		family: config.family,
		contextLength: config.maxPosition,
		vocabSize: config.vocabSize,
		layers: config.layers,
		hiddenSize: config.hiddenSize,
		heads: config.heads,
		keyValueHeads: config.kvHeads,
		tiedEmbeddings: config.tiedEmbeddings,
	};
}

const CARD_BYTES = 256 * 1024;
const PREVIEW = [
	{ role: "user", content: "What is 2 + 2?" },
	{ role: "assistant", content: "4" },
	{ role: "user", content: "And 3 + 5?" },
];

/** What there is to read about a model: its card, its files, and a conversation as its template renders it. */
export async function readModelCard({
	dir,
	cardPath,
}: {
	dir: string;
	/** The card of a model that does not have it in its folder. */
	cardPath: string | null;
}): Promise<Omit<ModelCard, "entry">> {
	// Links are files too: the cache of the Hugging Face hub is made of them.
	const files = readdirSync(dir)
		.filter((name) => !name.startsWith("."))
		.map((name) => ({ name, stat: statSync(join(dir, name), { throwIfNoEntry: false }) }))
		.flatMap(({ name, stat }) => (stat?.isFile() ? [{ name, bytes: stat.size }] : []));
	const own = files.find(({ name }) => /^(readme|model_?card)\.(md|txt)$/i.test(name));
	const card = cardPath ?? (own === undefined ? null : join(dir, own.name));
	const text = card === null ? null : firstText(card);
	return { card: text === null ? null : withoutFrontMatter(text), files, ...(await previewTemplate(dir)) };
}

async function previewTemplate(
	dir: string,
): Promise<Pick<ModelCard, "templatePreview" | "templateError" | "eosToken">> {
	let eosToken: string | null = null;
	try {
		const tokenizer = await loadTokenizer(dir);
		eosToken = tokenizer.eosIds[0] === undefined ? null : tokenizer.idToToken(tokenizer.eosIds[0]);
		const render = compileChatTemplate(await readTokenizerFiles(dir), basename(dir));
		return { templatePreview: render?.(PREVIEW) ?? null, templateError: null, eosToken };
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		return { templatePreview: null, templateError: error.message, eosToken };
	}
}

/** The beginning of a file that came from elsewhere and may be of any size. */
function firstText(path: string): string {
	const bytes = Buffer.alloc(Math.min(foreignFileBytes(path), CARD_BYTES));
	const fd = openSync(path, "r");
	try {
		return bytes.subarray(0, readSync(fd, bytes)).toString("utf8");
	} finally {
		closeSync(fd);
	}
}

/** A card begins with fields for the Hub's own use. */
function withoutFrontMatter(text: string): string {
	return text.replace(/^---\r?\n[\s\S]*?\n---\r?\n/, "").trimStart();
}
