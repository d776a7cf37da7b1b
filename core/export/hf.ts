import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { type DecoderConfig, parseHfConfig } from "../models/config.ts";
import { FLOAT_DTYPES, type FloatDtype, isFloatDtype } from "../models/hf/dtypes.ts";
import { expectedTensors, loadModelFolder } from "../models/hf/load.ts";
import type { TensorSource } from "../models/hf/safetensors.ts";
import { atomicWrite, guardFile, readJson } from "../store/files.ts";
import { COMPANIONS, companionsOf, copyFiles } from "./companions.ts";
import type { ExportFormat } from "./format.ts";
import { checkWritten, type ExportReport, exportFolder } from "./report.ts";
import { writeWeights } from "./shards.ts";
import { fileBytes, roughest, weightBytes } from "./sizes.ts";
import { type ValueHead, writeValueHead } from "./value-head.ts";

/** A Hugging Face model folder that stands alone. */
export const hfFormat: ExportFormat = {
	label: "Whole model",
	about: "A Hugging Face folder that stands alone, adapters merged in.",
	opensIn: ["Transformers", "vLLM", "DQO Studio"],
	dtypes: FLOAT_DTYPES,
	refusal: async () => null,
	estimatedBytes: ({ modelDir, tensors }, dtype) =>
		weightBytes(tensors, dtype) + fileBytes(modelDir, ["config.json", ...COMPANIONS]),
	carriesValueHead: true,
	write: ({ policy, outDir, dtype: asked, valueHead, onProgress, verify }) => {
		const { config, tensors, modelDir } = policy;
		const dtype = FLOAT_DTYPES.find((one) => one === asked);
		return exportHf({
			...{ config, tensors, sourceDir: modelDir, outDir, valueHead, onProgress },
			...(dtype && { dtype }),
			verify: (dir) =>
				verify(dtype ?? roughest(tensors), async () => {
					const { config, tensors } = await loadModelFolder(dir);
					return { config, tensors, modelDir: dir };
				}),
		});
	},
};

export interface HfExport {
	config: DecoderConfig;
	/** All of the model's tensors by Hugging Face name. */
	tensors: ReadonlyMap<string, TensorSource>;
	/** Folder of the model the run started from: config.json, tokenizer and template are taken from it. */
	sourceDir: string;
	outDir: string;
	/** Format of every weight; each keeps its own when not given. */
	dtype?: FloatDtype;
	/** Written beside the model, which does not need it. */
	valueHead?: ValueHead | null;
	/** Bytes of weights in one file; transformers' limit when not given. */
	shardBytes?: number;
	/** Further checks on the finished files, such as comparing logits; returns what was checked, throws when one fails. */
	verify?: (dir: string) => Promise<string[]>;
	/** Called as the weights are written. */
	onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/**
 * Writes a complete Hugging Face model folder, reopens it and checks every file against what was written.
 * Throws `usage` when `outDir` holds files, `disk-full`, `model-unsupported` for a quantised source, `file-corrupt`.
 */
export async function exportHf(options: HfExport): Promise<ExportReport> {
	const { config, tensors, sourceDir, outDir, dtype, valueHead, shardBytes, verify, onProgress } = options;
	checkComplete(config, tensors);
	const sourceConfig = checkSource(config, sourceDir);
	return exportFolder(outDir, async (dir) => {
		const files = writeWeights(dir, tensors, { dtype, shardBytes, onProgress });
		const names = [...(dtype === undefined ? ["config.json"] : []), ...companionsOf(sourceDir)];
		const copied = await copyFiles(names, sourceDir, dir);
		if (dtype !== undefined) writeConfigWithDtype(sourceConfig, dir, dtype);
		for (const file of files) checkWritten(join(dir, file.name), file.tensors);
		const written = files.flatMap((file) => file.tensors);
		const formats = [...new Set(written.map((tensor) => tensor.dtype))].join(", ");
		const what = files.length === 1 ? "model.safetensors" : `${files.length} files of weights`;
		return [
			`${what}: ${written.length} tensors (${formats}) read back bit for bit.`,
			copied,
			...(valueHead ? [writeValueHead(dir, valueHead)] : []),
			...(verify === undefined ? [] : await verify(dir)),
		];
	});
}

/** Path of the source's config.json. Throws `config-invalid` where it describes another model than `config`. */
export function checkSource(config: DecoderConfig, sourceDir: string): string {
	const path = join(sourceDir, "config.json");
	if (JSON.stringify(parseHfConfig(readJson(path), path)) === JSON.stringify(config)) return path;
	throw new AppError({
		code: "config-invalid",
		message: `${path} describes another model than the weights to export.`,
		hint: "Export with the model folder that the run started from.",
	});
}

/** Throws where a tensor of the model is missing, has another shape, or is no weight of it. */
export function checkComplete(config: DecoderConfig, tensors: ReadonlyMap<string, TensorSource>): void {
	const expected = expectedTensors(config);
	for (const [name, shape] of expected) {
		const found = tensors.get(name)?.shape;
		if (found?.join() !== shape.join())
			throw new Error(`${name} is [${found}] in the export, not [${shape}]`);
	}
	const extra = [...tensors.keys()].find((name) => !expected.has(name));
	if (extra !== undefined) throw new Error(`${extra} has no place in a ${config.family} model`);
	for (const [name, { dtype }] of tensors) {
		if (dtype !== undefined && !isFloatDtype(dtype)) throw new Error(`${name} is stored as ${dtype}`);
	}
}

/**
 * transformers loads weights in the format that config.json names, so another format has to be named there. The rest of the
 * text stays as it is: transformers refuses a 30 where it wrote 30.0.
 */
function writeConfigWithDtype(source: string, dir: string, dtype: FloatDtype): void {
	const json = z.record(z.string(), z.unknown()).parse(readJson(source));
	const name = { F32: "float32", F16: "float16", BF16: "bfloat16" }[dtype];
	const field = "dtype" in json ? "dtype" : "torch_dtype";
	const text = guardFile(source, () => readFileSync(source, "utf8"));
	const entry = `"${field}": "${name}"`;
	const changed =
		field in json
			? text.replace(new RegExp(`"${field}"\\s*:\\s*("[^"]*"|null)`), entry)
			: text.replace("{", `{\n  ${entry},`);
	atomicWrite(join(dir, "config.json"), changed);
}
