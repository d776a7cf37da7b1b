import { join } from "node:path";
import type { DecoderConfig } from "../models/config.ts";
import {
	ADAPTER_CONFIG,
	ADAPTER_WEIGHTS,
	type LoraAdapter,
	readPeftAdapter,
	writePeftAdapter,
} from "../models/hf/peft.ts";
import { checkWritten, type ExportReport, exportFolder, writtenWrong } from "./report.ts";

export interface PeftExport {
	/** Configuration of the base model. */
	config: DecoderConfig;
	adapter: LoraAdapter;
	/** What `adapter_config.json` names as the base model: a folder or a hub name. */
	baseModel: string;
	outDir: string;
	/** Further checks on the finished files, such as comparing logits; returns what was checked, throws when one fails. */
	verify?: (dir: string) => Promise<string[]>;
}

/**
 * Writes a PEFT adapter folder, reopens it and checks it against what was written; a value head is not part of it.
 * Throws `usage` when `outDir` holds files, `disk-full`, `file-corrupt`.
 */
export async function exportPeft(options: PeftExport): Promise<ExportReport> {
	const { config, adapter, baseModel, outDir, verify } = options;
	return exportFolder(outDir, async (dir) => {
		const written = writePeftAdapter(dir, adapter, baseModel);
		checkWritten(join(dir, ADAPTER_WEIGHTS), written);
		const reopened = readPeftAdapter(dir, config);
		if (reopened.rank !== adapter.rank || reopened.alpha !== adapter.alpha) {
			throw writtenWrong(join(dir, ADAPTER_CONFIG), "rank or alpha do not read back as they were written");
		}
		return [
			`${ADAPTER_WEIGHTS}: ${written.length} tensors read back bit for bit.`,
			`${ADAPTER_CONFIG}: rank ${adapter.rank}, alpha ${adapter.alpha} read back; every module fits the base model.`,
			...(verify === undefined ? [] : await verify(dir)),
		];
	});
}
