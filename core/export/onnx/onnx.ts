import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type SerialisedGraph, serialise } from "../../graph/serialise.ts";
import { configText, type DecoderConfig } from "../../models/config.ts";
import type { TensorSource } from "../../models/hf/safetensors.ts";
import type { Tensors } from "../../models/network.ts";
import {
	atomicWrite,
	readJson,
	readText,
	sha256Files,
	writeAtomically,
	writeFully,
} from "../../store/files.ts";
import { companionsOf, copyFiles } from "../companions.ts";
import { checkComplete, checkSource } from "../hf.ts";
import { type ExportReport, exportFolder, writtenWrong } from "../report.ts";
import { cacheGraph } from "./cache-graph.ts";
import { ONNX_FILES, type OnnxDtype } from "./dtypes.ts";
import { toStandard } from "./standard.ts";
import { weightFormats } from "./weights.ts";

/** Weights up to this size stand in the model file itself: one file to move, and far below the 2 GB that its format allows. */
const INLINE_BYTES = 256 * 1024 * 1024;
/** Larger ones are spread over files of at most this size, as browsers read each of them in one piece. */
const FILE_BYTES = 1024 * 1024 * 1024;
/** Initializers of a model with external weights that stay in the model file. */
const SMALL_BYTES = 1024;

export interface OnnxExport {
	config: DecoderConfig;
	/** All of the model's tensors by Hugging Face name; a value head is not part of the layout. */
	tensors: ReadonlyMap<string, TensorSource>;
	/** Folder of the model the run started from: configuration, tokenizer and template are taken from it. */
	sourceDir: string;
	outDir: string;
	dtype: OnnxDtype;
	/** Bytes of weights up to which they stand in the model file; 256 MiB unless given. */
	inlineBytes?: number;
	/** Largest file that external weights go to; 1 GiB unless given. */
	fileBytes?: number;
	/** Further checks on the finished files, such as comparing logits; returns what was checked, throws when one fails. */
	verify?: (dir: string) => Promise<string[]>;
	/** Called as the weights are written. */
	onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/**
 * Writes a model folder in the layout of transformers.js: the decoder with its cache under `onnx/`, configuration and
 * tokenizer beside it; reopens it and checks every file against what was written.
 * Throws `usage` when `outDir` holds files, `disk-full`, `config-invalid` for weights too large for fp16, `file-corrupt`.
 */
export async function exportOnnx(options: OnnxExport): Promise<ExportReport> {
	const { config, tensors, sourceDir, outDir, dtype, verify } = options;
	checkComplete(config, tensors);
	const sourceConfig = checkSource(config, sourceDir);
	const file = ONNX_FILES[dtype];
	return exportFolder(outDir, async (dir) => {
		const graph = toStandard(
			cacheGraph(config, merged(tensors), dtype === "fp16" ? "f16" : "f32"),
			weightFormats[dtype],
		);
		const fileName = (index: number) => `${file}_data${index === 0 ? "" : `_${index}`}`;
		const layout = { fileName, fileBytes: options.fileBytes ?? FILE_BYTES };
		const inlineBytes = options.inlineBytes ?? INLINE_BYTES;
		const measured = serialise(graph, { ...layout, inlineBytes: SMALL_BYTES });
		const inline = measured.externalBytes <= inlineBytes;
		const serialised = inline ? serialise(graph, { inlineBytes: Number.POSITIVE_INFINITY }) : measured;
		mkdirSync(join(dir, "onnx"));
		const written = writeModel(serialised, join(dir, "onnx"), file, options.onProgress);

		const asIs = companionsOf(sourceDir).filter((name) => name !== "tokenizer_config.json");
		const copied = await copyFiles(asIs, sourceDir, dir);
		const dataFiles = new Set(serialised.external.map((tensor) => tensor.file)).size;
		const json = {
			...readObject(sourceConfig),
			"transformers.js_config": {
				dtype,
				...(dtype === "fp16" && { kv_cache_dtype: { fp16: "float16" } }),
				...(dataFiles > 0 && { use_external_data_format: { [file]: dataFiles } }),
			},
		};
		atomicWrite(join(dir, "config.json"), configText(json));
		const template = await writeTokenizerConfig(sourceDir, dir);

		for (const [name, sha256] of written)
			if ((await sha256Files([join(dir, "onnx", name)])) !== sha256)
				throw writtenWrong(join(dir, "onnx", name), "it does not read back as it was written");
		return [
			`onnx/${[...written.keys()].join(", onnx/")}: read back bit for bit.`,
			copied,
			template,
			...(verify === undefined ? [] : await verify(dir)),
		];
	});
}

/** The weights as they are to be written: what a graph of ours would keep apart or map is merged and read. */
const merged = (tensors: OnnxExport["tensors"]): Tensors =>
	new Map([...tensors].map(([name, { shape, load }]) => [name, { shape, load }]));

/** Writes the model and its external files, and gives the SHA-256 of each as it was handed to the disk. */
function writeModel(
	{ model, external }: SerialisedGraph,
	dir: string,
	file: string,
	onProgress: OnnxExport["onProgress"],
): Map<string, string> {
	const total = model.length + external.reduce((sum, { byteLength }) => sum + byteLength, 0);
	let done = 0;
	const written = new Map<string, string>();
	const write = (name: string, pieces: readonly { offset: number; load: () => Uint8Array }[]) => {
		const hash = createHash("sha256");
		writeAtomically(join(dir, name), (fd) => {
			let at = 0;
			const put = (bytes: Uint8Array) => {
				hash.update(bytes);
				writeFully(fd, bytes);
				at += bytes.length;
			};
			for (const { offset, load } of pieces) {
				if (offset > at) put(new Uint8Array(offset - at));
				const bytes = load();
				put(bytes);
				done += bytes.length;
				onProgress?.(done, total);
			}
		});
		written.set(name, hash.digest("hex"));
	};
	for (const name of new Set(external.map((tensor) => tensor.file)))
		write(
			name,
			external.filter((tensor) => tensor.file === name),
		);
	write(file, [{ offset: 0, load: () => model }]);
	return written;
}

const readObject = (path: string) => z.record(z.string(), z.unknown()).parse(readJson(path));

const writeJson = (path: string, content: Record<string, unknown>) =>
	atomicWrite(path, `${JSON.stringify(content, null, 2)}\n`);

/**
 * transformers.js reads the template from tokenizer_config.json alone, so one that has a file of its own goes there too.
 * Says what was done.
 */
async function writeTokenizerConfig(sourceDir: string, dir: string): Promise<string> {
	const name = "tokenizer_config.json";
	const template = join(sourceDir, "chat_template.jinja");
	if (existsSync(join(sourceDir, name)) && !existsSync(template)) return copyFiles([name], sourceDir, dir);
	const own = existsSync(join(sourceDir, name)) ? readObject(join(sourceDir, name)) : {};
	const added = existsSync(template) ? { chat_template: readText(template) } : {};
	writeJson(join(dir, name), { ...own, ...added });
	return existsSync(template)
		? `${name}: holds the template of chat_template.jinja, as transformers.js reads it there.`
		: `${name}: made, as the model has none.`;
}
