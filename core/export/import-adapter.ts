import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { inspectModelFolder } from "../models/hf/load.ts";
import { ADAPTER_WEIGHTS, readPeftAdapter } from "../models/hf/peft.ts";
import { atomicWrite, readJson } from "../store/files.ts";
import { ADAPTER_CONFIG, baseFolder, modelFolders } from "../store/model-home.ts";
import { copyFiles } from "./companions.ts";
import { type ExportReport, exportFolder } from "./report.ts";

export interface AdapterImport {
	/** Folder with adapter_config.json and adapter_model.safetensors. */
	adapterDir: string;
	/** The model it was trained on; null takes the folder that the adapter names. */
	baseDir: string | null;
	/** New or empty folder. */
	outDir: string;
}

/**
 * Copies a PEFT adapter into a folder that names its base by where that lies here: such a folder opens wherever a model does.
 * Throws `model-unsupported` for an adapter that does not fit the base or is of another kind, `usage` when `outDir` holds
 * files or the base is unknown, `disk-full`, and what reading the base throws.
 */
export async function importAdapter({ adapterDir, baseDir, outDir }: AdapterImport): Promise<ExportReport> {
	const base = baseDir ?? baseFolder(adapterDir);
	if (base === null) {
		modelFolders(adapterDir);
		throw new AppError({
			code: "usage",
			message: `${adapterDir} holds no LoRA adapter that names its model.`,
			hint: "Say which model it was trained on: --base MODEL.",
		});
	}
	const { config, adapters } = inspectModelFolder(base);
	const adapter = readPeftAdapter(adapterDir, config);
	return exportFolder(outDir, async (dir) => {
		const copied = await copyFiles([ADAPTER_WEIGHTS], adapterDir, dir);
		const json = z.record(z.string(), z.unknown()).parse(readJson(join(adapterDir, ADAPTER_CONFIG)));
		const named = { ...json, base_model_name_or_path: base };
		atomicWrite(join(dir, ADAPTER_CONFIG), `${JSON.stringify(named, null, 2)}\n`);
		inspectModelFolder(dir);
		return [
			copied,
			`${ADAPTER_CONFIG}: names ${base}${adapters.length > 0 ? ", an adapter itself" : ""}.`,
			`Rank ${adapter.rank}; ${adapter.modules.size} layers, every one fits a ${config.family} model of ${config.layers} layers.`,
		];
	});
}
