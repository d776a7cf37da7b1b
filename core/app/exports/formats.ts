import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ApiInput, ApiOutput } from "../../contract/api.ts";
import type { ExportFormat } from "../../contract/api-tasks.ts";
import { AppError } from "../../contract/errors.ts";
import { EXPORT_FORMATS, type ExportFormatId } from "../../contract/exports.ts";
import type { Exportable } from "../../export/format.ts";
import { FORMATS } from "../../export/formats.ts";
import { readValueHead, type ValueHead, valueHeadBytes } from "../../export/value-head.ts";
import { inspectModelFolder } from "../../models/hf/load.ts";
import { readPeftAdapter } from "../../models/hf/peft.ts";
import { openSafetensors } from "../../models/hf/safetensors.ts";
import { type Checkpoint, CheckpointStore } from "../../store/checkpoints.ts";
import { ADAPTER_CONFIG } from "../../store/model-home.ts";
import type { AppContext } from "../context.ts";
import type { RunEntry } from "../runs/entry.ts";
import type { RunService } from "../runs/service.ts";
import { freeBytes } from "../storage/storage.ts";

/** What a run's checkpoint can be exported as, and how large that will be. */
export async function exportFormats(
	{ runId, checkpoint, parentDir }: ApiInput<"exports.formats">,
	context: AppContext,
	runs: RunService,
): Promise<ApiOutput<"exports.formats">> {
	const entry = await runs.read(runId);
	const saved = checkpointOf(entry.dir, checkpoint);
	const source = sourceOf(entry, saved?.dir ?? null);
	const value =
		saved === null || typeof source === "string" ? null : readableValueHead(entry.dir, saved.step);
	return {
		formats: await Promise.all(EXPORT_FORMATS.map((format) => describe(format, source, value))),
		freeBytes: await freeBytes(parentDir === null ? context.dataDir : context.places.check(parentDir)),
		defaultDir: join(context.dataDir, "exports"),
	};
}

/** The value function, where it can be read: an export that should carry one that cannot says so itself. */
function readableValueHead(runDir: string, step: number): ValueHead | null {
	try {
		return readValueHead(runDir, step);
	} catch (error) {
		if (error instanceof AppError) return null;
		throw error;
	}
}

/** `source` is the checkpoint, or why there is none. */
async function describe(
	format: ExportFormatId,
	source: Exportable | string,
	value: ValueHead | null,
): Promise<ExportFormat> {
	const { label, about, opensIn, dtypes, estimatedBytes, refusal, carriesValueHead } = FORMATS[format];
	const reason = typeof source === "string" ? source : await refusal(source);
	const sizes =
		typeof source === "string" || reason !== null
			? []
			: [null, ...dtypes].map((dtype) => [dtype ?? "", estimatedBytes(source, dtype)]);
	return {
		...{ format, label, about, opensIn: [...opensIn], dtypes: [...dtypes] },
		estimatedBytes: Object.fromEntries(sizes),
		valueHeadBytes: value !== null && carriesValueHead && reason === null ? valueHeadBytes(value) : null,
		available: reason === null,
		reason,
	};
}

/** A checkpoint by the headers of its files, or why it cannot be exported. */
function sourceOf({ config }: RunEntry, checkpoint: string | null): Exportable | string {
	if (checkpoint === null) return "The run has no checkpoint yet.";
	try {
		// A run whose configuration cannot be read has no model to look at.
		const { config: model, home: modelDir, found } = inspectModelFolder(config?.modelDir ?? "");
		// A run that trained every weight keeps them in a file of their own; an adapter is merged into the model's formats.
		return existsSync(join(checkpoint, ADAPTER_CONFIG))
			? { config: model, modelDir, tensors: found, adapter: readPeftAdapter(checkpoint, model) }
			: {
					...{ config: model, modelDir, adapter: null },
					tensors: openSafetensors(join(checkpoint, "model.safetensors")).tensors,
				};
	} catch (error) {
		if (error instanceof AppError) return error.message;
		throw error;
	}
}

function checkpointOf(dir: string, which: "best" | "last" | number): Checkpoint | null {
	const store = new CheckpointStore(join(dir, "checkpoints"));
	if (typeof which === "number") return store.list().find(({ step }) => step === which) ?? null;
	return which === "best" ? (store.best() ?? store.last()) : store.last();
}
