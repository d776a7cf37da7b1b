import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ApiInput } from "../../contract/api.ts";
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

/** The formats by the headers of the checkpoint's files and its model's tokenizer, which may hold megabytes. */
export async function describeExports({
	runDir,
	modelDir,
	checkpoint,
}: DescribeInput): Promise<ExportFormat[]> {
	const saved = checkpointOf(runDir, checkpoint);
	const source = sourceOf(modelDir, saved?.dir ?? null);
	const value = saved === null || typeof source === "string" ? null : readableValueHead(runDir, saved.step);
	return Promise.all(EXPORT_FORMATS.map((format) => describe(format, source, value)));
}

interface DescribeInput {
	readonly runDir: string;
	/** Empty where the run's configuration cannot be read. */
	readonly modelDir: string;
	readonly checkpoint: ApiInput<"exports.formats">["checkpoint"];
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
function sourceOf(startedFrom: string, checkpoint: string | null): Exportable | string {
	if (checkpoint === null) return "The run has no checkpoint yet.";
	try {
		const { config: model, home: modelDir, found } = inspectModelFolder(startedFrom);
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
