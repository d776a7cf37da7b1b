import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { DecoderConfig } from "../models/config.ts";
import { loadModelFolder } from "../models/hf/load.ts";
import { mergedTensors } from "../models/hf/merge.ts";
import { ADAPTER_WEIGHTS, type LoraAdapter, readPeftAdapter, writePeftAdapter } from "../models/hf/peft.ts";
import { publishedName } from "../store/hub-cache.ts";
import { ADAPTER_CONFIG } from "../store/model-home.ts";
import type { ExportFormat } from "./format.ts";
import { checkWritten, type ExportReport, exportFolder, writtenWrong } from "./report.ts";
import { weightBytes } from "./sizes.ts";
import { type ValueHead, writeValueHead } from "./value-head.ts";

/** A LoRA adapter as PEFT saves one. */
export const peftFormat: ExportFormat = {
	label: "LoRA adapter",
	about: "The trained adapter alone; it needs the model that the run started from.",
	opensIn: ["PEFT", "vLLM"],
	dtypes: [],
	refusal: async ({ adapter }) => (adapter === null ? NO_ADAPTER : null),
	estimatedBytes: ({ adapter }) =>
		[...(adapter?.modules.values() ?? [])].reduce(
			(sum, { a, b }) => sum + weightBytes(new Map(Object.entries({ a, b })), "F32"),
			0,
		),
	carriesValueHead: true,
	write: ({ policy, outDir, valueHead, verify }) => {
		const { config, adapter, modelDir, startedFrom: baseModel = modelDir } = policy;
		if (adapter === null)
			throw new AppError({ code: "usage", message: NO_ADAPTER, hint: "Use --format hf." });
		return exportPeft({
			...{ config, adapter, baseModel: publishedName(baseModel), outDir, valueHead },
			verify: (dir) =>
				verify("F32", async () => {
					const base = await loadModelFolder(baseModel);
					const tensors = mergedTensors(base.tensors, readPeftAdapter(dir, config));
					return { config, tensors, modelDir };
				}),
		});
	},
};

const NO_ADAPTER = "This run trained every weight, so there is no adapter.";

export interface PeftExport {
	/** Configuration of the base model. */
	config: DecoderConfig;
	adapter: LoraAdapter;
	/** What `adapter_config.json` names as the base model: a folder or a hub name. */
	baseModel: string;
	outDir: string;
	/** Written beside the adapter, which does not need it. */
	valueHead?: ValueHead | null;
	/** Further checks on the finished files, such as comparing logits; returns what was checked, throws when one fails. */
	verify?: (dir: string) => Promise<string[]>;
}

/**
 * Writes a PEFT adapter folder, reopens it and checks it against what was written.
 * Throws `usage` when `outDir` holds files, `disk-full`, `file-corrupt`.
 */
export async function exportPeft(options: PeftExport): Promise<ExportReport> {
	const { config, adapter, baseModel, outDir, valueHead, verify } = options;
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
			...(valueHead ? [writeValueHead(dir, valueHead)] : []),
			...(verify === undefined ? [] : await verify(dir)),
		];
	});
}
