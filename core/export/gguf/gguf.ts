import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import type { ExportDtype } from "../../contract/exports.ts";
import type { DecoderConfig } from "../../models/config.ts";
import { atomicWrite } from "../../store/files.ts";
import { compileChatTemplate } from "../../tokenizers/chat-template.ts";
import { readTokenizerFiles, type TokenizerFiles } from "../../tokenizers/files.ts";
import type { Exportable, ExportFormat, ExportRequest } from "../format.ts";
import { checkWritten, type ExportReport, exportFolder, writtenWrong } from "../report.ts";
import type { Policy } from "../run-policy.ts";
import { fileBytes, roughest } from "../sizes.ts";
import {
	type Architecture,
	architectureKeys,
	architectureOf,
	configFrom,
	contextOf,
} from "./architecture.ts";
import { FILE_TYPES, type GgufDtype, type GgufValue, string, u32 } from "./layout.ts";
import { modelfile } from "./modelfile.ts";
import { type GgufFile, openGguf } from "./read.ts";
import { fromGguf, places, ropeFactors, toGguf } from "./tensors.ts";
import { type Vocabulary, vocabularyOf } from "./vocabulary.ts";
import { fitsQ8, type GgufTensor, ggufBytes, writeGguf } from "./write.ts";

const DTYPES = ["F32", "F16", "BF16", "Q8_0"] as const satisfies readonly (ExportDtype & GgufDtype)[];
/** What the vocabulary and the template are read from. */
const TEXTS = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];
const FILE = "model.gguf";
const ROPE_FACTORS = "rope_freqs.weight";

/** One file for llama.cpp and the programs built on it, and a Modelfile for Ollama. */
export const ggufFormat: ExportFormat = {
	label: "GGUF",
	about: "One file with weights, tokenizer and chat template, adapters merged in; a Modelfile beside it.",
	opensIn: ["llama.cpp", "Ollama", "LM Studio"],
	dtypes: DTYPES,
	refusal: refusalOf,
	// Tokens and merges take about what they do in tokenizer.json.
	estimatedBytes: (source, dtype) =>
		ggufBytes(
			plan(source, asGguf(dtype)).map(({ to, shape, dtype }) => ({ name: to, shape, dtype })),
			fileBytes(source.modelDir, TEXTS),
		),
	carriesValueHead: false,
	write: exportGguf,
};

let last: { key: string; reason: string | null } | null = null;

/** Kept for the tokenizer asked for last: it may hold megabytes, and a screen asks at every change of its form. */
async function refusalOf({
	config,
	modelDir,
}: Pick<Exportable, "config" | "modelDir">): Promise<string | null> {
	const changed = TEXTS.map(
		(name) => statSync(join(modelDir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
	);
	const key = JSON.stringify([modelDir, changed, config]);
	if (last?.key === key) return last.reason;
	const reason = await reasonAgainst(config, modelDir);
	last = { key, reason };
	return reason;
}

async function reasonAgainst(config: DecoderConfig, modelDir: string): Promise<string | null> {
	try {
		architectureOf(config);
		vocabularyOf(await readTokenizerFiles(modelDir), modelDir, config.vocabSize);
		return null;
	} catch (error) {
		if (error instanceof AppError) return error.message;
		throw error;
	}
}

const asGguf = (dtype: ExportDtype | null): GgufDtype | null => DTYPES.find((one) => one === dtype) ?? null;

/** Every tensor's place and number format: what has one dimension, norms and biases, stays F32. */
function plan({ config, tensors }: Pick<Exportable, "config" | "tensors">, asked: GgufDtype | null) {
	return places(config, architectureOf(config)).map((place) => {
		const own = DTYPES.find((one) => one === tensors.get(place.from)?.dtype) ?? "F32";
		const wanted = place.shape.length === 1 ? "F32" : (asked ?? own);
		return { ...place, dtype: wanted === "Q8_0" && !fitsQ8(place.shape) ? ("F16" as const) : wanted };
	});
}

async function exportGguf(request: ExportRequest): Promise<ExportReport> {
	const { policy, outDir, onProgress, verify } = request;
	const { config, tensors, modelDir } = policy;
	const architecture = architectureOf(config);
	const files = await readTokenizerFiles(modelDir);
	const vocabulary = vocabularyOf(files, modelDir, config.vocabSize);
	const asked = asGguf(request.dtype);
	const dtype = asked ?? roughest(tensors);
	const planned = plan(policy, asked);
	const factors = ropeFactors(config);
	const keys = new Map<string, GgufValue>([
		["general.architecture", string(architecture.name)],
		["general.type", string("model")],
		["general.name", string(basename(modelDir))],
		["general.file_type", u32(FILE_TYPES[dtype])],
		["general.quantization_version", u32(2)],
		...architectureKeys(config, architecture),
		...vocabulary.keys,
	]);
	const all: GgufTensor[] = planned.map((place) => ({
		name: place.to,
		dtype: place.dtype,
		source: toGguf(place, tensors),
	}));
	if (factors !== null) all.push({ name: ROPE_FACTORS, dtype: "F32", source: factors });
	const ollama = ollamaFile(files, vocabulary, modelDir);
	const report = await exportFolder(outDir, async (dir) => {
		const path = join(dir, FILE);
		const written = writeGguf(path, keys, all, onProgress);
		atomicWrite(join(dir, "Modelfile"), ollama.text);
		const file = openGguf(path);
		checkWritten(path, written, file.tensors);
		checkKeys(path, keys, file);
		const formats = [...new Set(written.map((tensor) => tensor.dtype))].join(", ");
		return [
			`${FILE}: ${written.length} tensors (${formats}) read back bit for bit, ${keys.size} keys as written.`,
			...(await verify(dtype, async () => reopen(path, config, architecture, modelDir))),
		];
	});
	const odd = asked === "Q8_0" ? planned.filter((place) => place.dtype === "F16") : [];
	const context = contextOf(config, architecture);
	const notes = [
		...vocabulary.notes,
		...(context === config.maxPosition
			? []
			: [
					`The context is ${context} tokens, the window of its attention, which llama.cpp does not know here.`,
				]),
		...(odd.length === 0
			? []
			: [`${odd.length} tensors stay F16: their rows do not divide into blocks of 32 (${odd[0]?.to}).`]),
		...(ollama.templated || vocabulary.template === null
			? []
			: ["The chat template cannot be said in Ollama's way: the Modelfile passes prompts on as they are."]),
	];
	return { ...report, notes };
}

const generationSchema = z.looseObject({
	do_sample: z.boolean().nullish(),
	temperature: z.number().nullish(),
	top_k: z.number().nullish(),
	top_p: z.number().nullish(),
});

/** Decoding as generation_config.json says, which is greedy unless it samples. */
function ollamaFile(files: TokenizerFiles, { bos, ends }: Vocabulary, modelDir: string) {
	const said = generationSchema.safeParse(files.generationConfig).data;
	const { temperature, top_k, top_p } = said?.do_sample ? said : { temperature: 0, top_k: null, top_p: null };
	const parameters = Object.entries({ temperature, top_k, top_p }).flatMap(([name, value]) =>
		value == null ? [] : [[name, value] as const],
	);
	return modelfile(compileChatTemplate(files, modelDir), bos, ends, Object.fromEntries(parameters));
}

function checkKeys(path: string, keys: ReadonlyMap<string, GgufValue>, { metadata }: GgufFile): void {
	for (const [key, { type, value }] of keys) {
		const found = metadata.get(key);
		const expected = type === "f32" ? Math.fround(value) : value;
		const same = Array.isArray(expected)
			? Array.isArray(found) &&
				found.length === expected.length &&
				expected.every((item, i) => found[i] === item)
			: found === expected;
		if (!same) throw writtenWrong(path, `${key} does not read back as it was written`);
	}
}

/** The model as the file alone tells it: sizes from its keys, weights dequantised and put back in their order. */
function reopen(path: string, config: DecoderConfig, architecture: Architecture, modelDir: string): Policy {
	const file = openGguf(path);
	const found = configFrom(config, architecture, file);
	return { config: found, tensors: fromGguf(places(found, architecture), file.tensors), modelDir };
}
