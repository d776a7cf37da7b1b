import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import { sha256Files } from "../../store/files.ts";
import { readForeignJson } from "../../store/foreign-files.ts";
import { ADAPTER_CONFIG, modelFolders } from "../../store/model-home.ts";
import { type DecoderConfig, parseHfConfig } from "../config.ts";
import { isFloatDtype } from "./dtypes.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { listed, MAX_CONFIG_BYTES } from "./limits.ts";
import { type MappableTensor, mappable } from "./mapped.ts";
import { mergedTensors } from "./merge.ts";
import { noModel, noWeights } from "./no-model.ts";
import { ADAPTER_WEIGHTS, type LoraAdapter, readPeftAdapter } from "./peft.ts";
import { type FileTensor, openSafetensors, type TensorSource } from "./safetensors.ts";
import { corrupt } from "./safetensors-header.ts";

export { expectedTensors } from "./expected-tensors.ts";

const MAX_INDEX_BYTES = 32_000_000;
const MAX_WEIGHT_FILES = 2000;

export interface ModelWeights {
	config: DecoderConfig;
	/** By Hugging Face name; exactly the tensors of `expectedTensors(config)`. */
	tensors: Map<string, MappableTensor>;
	dir: string;
	/** SHA-256 over config.json and the weight files' bytes, in name order, then over the files of adapters. */
	contentHash: string;
	/** Tensors outside the decoder that were left aside, such as another tool's value head. */
	unexpected: string[];
}

/**
 * Opens a Hugging Face model folder: reads config.json, opens the weight files and checks every tensor's name and shape. A
 * folder with a LoRA adapter alone is the model that it names, the adapter merged in. Values are read when a tensor's `load`
 * is called. Throws `file-missing`, `file-corrupt`, `config-invalid`, `model-unsupported`.
 */
export async function loadModelFolder(dir: string): Promise<ModelWeights> {
	const { config, home, files, found, adapters } = inspectModelFolder(dir);
	const { tensors, unexpected } = matchTensors(config, found, home, true);
	const contentHash = await sha256Files([join(home, "config.json"), ...files]);
	// Merged for good: who trains on top of it, or maps it, knows one weight of each name.
	const whole = adapters.reduce<Map<string, TensorSource>>(
		(base, adapter) => mergedTensors(base, adapter, Number.POSITIVE_INFINITY),
		tensors,
	);
	return { config, tensors: mappable(whole, contentHash), dir, contentHash, unexpected };
}

/** What a model folder says of itself without reading a single weight. */
export interface ModelHeaders {
	config: DecoderConfig;
	/** Folder of config.json and the tokenizer: the model's own, or an adapter's base. */
	home: string;
	/** Paths of the weight files, and of those of adapters. */
	files: string[];
	found: Map<string, FileTensor>;
	/** Adapters to be merged into it, in this order. */
	adapters: LoraAdapter[];
}

/**
 * Reads config.json and the headers of the weight files, and checks every tensor's name and shape. Throws as
 * `loadModelFolder`, which alone compares the values of an output layer that is stored although it is tied.
 */
export function inspectModelFolder(dir: string): ModelHeaders {
	const adapterDirs = modelFolders(dir).reverse();
	const home = adapterDirs.shift() ?? dir;
	const configPath = join(home, "config.json");
	if (!existsSync(configPath)) throw noModel(home);
	const config = parseHfConfig(readForeignJson(configPath, MAX_CONFIG_BYTES), configPath);
	const { files, tensors: found } = openWeights(home);
	matchTensors(config, found, home, false);
	const adapters = adapterDirs.map((adapterDir) => readPeftAdapter(adapterDir, config));
	const adapterFiles = adapterDirs.flatMap((adapterDir) =>
		[ADAPTER_CONFIG, ADAPTER_WEIGHTS].map((name) => join(adapterDir, name)),
	);
	return { config, home, files: [...files, ...adapterFiles], found, adapters };
}

// A schema of a map would report each of many wrong entries by itself.
const isMapOfNames = (given: unknown): boolean =>
	typeof given === "object" &&
	given !== null &&
	Object.values(given).every((name) => typeof name === "string");
const indexSchema = z.object({ weight_map: z.custom<Record<string, string>>(isMapOfNames) });

/** Opens `model.safetensors`, or every shard that `model.safetensors.index.json` names. */
function openWeights(dir: string): { files: string[]; tensors: Map<string, FileTensor> } {
	const single = join(dir, "model.safetensors");
	if (existsSync(single)) return { files: [single], tensors: openSafetensors(single).tensors };

	const indexPath = join(dir, "model.safetensors.index.json");
	if (!existsSync(indexPath)) throw noWeights(dir);
	const parsed = indexSchema.safeParse(readForeignJson(indexPath, MAX_INDEX_BYTES));
	if (!parsed.success) throw corrupt(indexPath, null, "it has no weight_map from tensor to file name");
	const weightMap = Object.entries(parsed.data.weight_map);
	const shards = [...new Set(weightMap.map(([, file]) => file))].sort();
	if (shards.length > MAX_WEIGHT_FILES) {
		throw corrupt(
			indexPath,
			null,
			`it names ${shards.length} weight files, over the limit of ${MAX_WEIGHT_FILES}`,
		);
	}
	// A link in the folder is followed: the cache of the Hugging Face hub is made of links. A name must be of the folder itself.
	const outside = shards.find((file) => /[\\/:]|^\.{0,2}$/.test(file));
	if (outside !== undefined) throw corrupt(indexPath, null, `"${outside}" is not a file name`);
	const missing = shards.filter((file) => !existsSync(join(dir, file)));
	if (missing.length > 0) {
		throw new AppError({
			code: "file-missing",
			message: `${dir}: ${missing.length} of ${shards.length} weight files are missing: ${listed(missing, ", ")}.`,
			hint: "Finish the download of the model, then open the folder again.",
			details: { missing: missing.slice(0, MAX_DETAILS) },
		});
	}
	const opened = new Map(shards.map((file) => [file, openSafetensors(join(dir, file)).tensors]));
	const tensors = new Map<string, FileTensor>();
	for (const [name, file] of weightMap) {
		const tensor = opened.get(file)?.get(name);
		if (tensor === undefined)
			throw corrupt(join(dir, file), name, `${basename(indexPath)} says it is here, it is not`);
		tensors.set(name, tensor);
	}
	return { files: shards.map((file) => join(dir, file)), tensors };
}

/** Buffers that old versions of transformers saved and that every reader computes for itself. */
const RECOMPUTED = /(^|\.)rotary_emb\.inv_freq$/;

function matchTensors(
	config: DecoderConfig,
	found: ReadonlyMap<string, FileTensor>,
	dir: string,
	compareValues: boolean,
): { tensors: Map<string, FileTensor>; unexpected: string[] } {
	const expected = expectedTensors(config);
	const problems: string[] = [];
	const tensors = new Map<string, FileTensor>();
	for (const [name, shape] of expected) {
		const tensor = found.get(name);
		if (tensor === undefined) {
			problems.push(`${name} is missing`);
		} else if (tensor.shape.join() !== shape.join()) {
			problems.push(`${name} is [${tensor.shape}], config.json asks for [${shape}]`);
		} else if (!isFloatDtype(tensor.dtype)) {
			problems.push(`${name} is stored as ${tensor.dtype}, not F32, F16 or BF16`);
		} else {
			tensors.set(name, tensor);
		}
	}
	const extras = [...found.keys()].filter((name) => !expected.has(name) && !RECOMPUTED.test(name));
	for (const name of extras) {
		// Inside the decoder an unknown tensor means a computation that we would leave out.
		if (name.startsWith("model."))
			problems.push(`${name} is not part of a ${config.family} decoder with this config.json`);
	}
	const output = found.get("lm_head.weight");
	const embedding = tensors.get("model.embed_tokens.weight");
	if (
		compareValues &&
		config.tiedEmbeddings &&
		output !== undefined &&
		embedding !== undefined &&
		!sameValues(output, embedding)
	) {
		problems.push("lm_head.weight differs from model.embed_tokens.weight though config.json ties them");
	}
	if (problems.length > 0) throw mismatch(dir, problems, found);
	const unexpected = extras.filter((name) => !(config.tiedEmbeddings && name === "lm_head.weight"));
	return { tensors, unexpected };
}

function sameValues(a: FileTensor, b: FileTensor): boolean {
	return a.dtype === b.dtype && a.digest() === b.digest();
}

function mismatch(dir: string, problems: string[], found: ReadonlyMap<string, FileTensor>): AppError {
	const bare = found.has("embed_tokens.weight") && !found.has("model.embed_tokens.weight");
	return new AppError({
		code: "model-unsupported",
		message: `${dir}: the weights do not match config.json: ${listed(problems, "; ")}.`,
		hint: bare
			? 'The names lack the "model." prefix: this is a base model without its language-model head. Save it again as a causal language model.'
			: "Choose a folder whose config.json belongs to its weights.",
		details: { problems: problems.slice(0, MAX_DETAILS) },
	});
}

const MAX_DETAILS = 1000;
