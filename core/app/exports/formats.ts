import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ApiInput, ApiOutput } from "../../contract/api.ts";
import type { ExportFormat } from "../../contract/api-tasks.ts";
import { AppError } from "../../contract/errors.ts";
import { DTYPE_BITS } from "../../models/hf/dtypes.ts";
import { inspectModelFolder } from "../../models/hf/load.ts";
import { ADAPTER_WEIGHTS } from "../../models/hf/peft.ts";
import { elementCount } from "../../models/hf/safetensors-header.ts";
import { CheckpointStore } from "../../store/checkpoints.ts";
import type { AppContext } from "../context.ts";
import type { RunEntry } from "../runs/entry.ts";
import type { RunService } from "../runs/service.ts";
import { freeBytes } from "../storage/storage.ts";

const WEIGHTS = "model.safetensors";
const DTYPES = ["F32", "F16", "BF16"] as const;

/** What a run's checkpoint can be exported as, and how large that will be. */
export async function exportFormats(
	{ runId, checkpoint, parentDir }: ApiInput<"exports.formats">,
	context: AppContext,
	runs: RunService,
): Promise<ApiOutput<"exports.formats">> {
	const entry = await runs.read(runId);
	const dir = checkpointDir(entry, checkpoint);
	return {
		formats: [wholeModel(entry, dir), adapterAlone(entry, dir)],
		freeBytes: await freeBytes(parentDir === null ? context.dataDir : context.places.check(parentDir)),
		defaultDir: join(context.dataDir, "exports"),
	};
}

function wholeModel({ config }: RunEntry, dir: string | null): ExportFormat {
	let reason = dir === null ? NO_CHECKPOINT : null;
	let estimatedBytes: Record<string, number> = {};
	try {
		// A run whose configuration cannot be read has no model to look at.
		const { found } = inspectModelFolder(config?.modelDir ?? "");
		const size = (bitsOf: (dtype: string) => number) =>
			[...found.values()].reduce((sum, { shape, dtype }) => sum + elementCount(shape) * bitsOf(dtype), 0) / 8;
		// A run that trained every weight keeps them in a file of their own; an adapter is merged into the model's formats.
		const trained = dir === null ? null : join(dir, WEIGHTS);
		estimatedBytes = {
			"":
				trained !== null && existsSync(trained)
					? statSync(trained).size
					: size((dtype) => DTYPE_BITS[dtype] ?? 32),
			...Object.fromEntries(DTYPES.map((dtype) => [dtype, size(() => DTYPE_BITS[dtype] ?? 32)])),
		};
	} catch (error) {
		if (!(error instanceof AppError)) throw error;
		reason ??= error.message;
	}
	return {
		format: "hf",
		label: "Whole model",
		about: "A Hugging Face folder that stands alone, adapters merged in.",
		opensIn: ["Transformers", "vLLM", "DQO Studio"],
		dtypes: [...DTYPES],
		estimatedBytes,
		available: reason === null,
		reason,
	};
}

function adapterAlone({ config }: RunEntry, dir: string | null): ExportFormat {
	const path = dir === null ? null : join(dir, ADAPTER_WEIGHTS);
	const reason =
		config?.adapter.type === "full"
			? "This run trained every weight, so there is no adapter."
			: path === null || !existsSync(path)
				? NO_CHECKPOINT
				: null;
	return {
		format: "peft",
		label: "LoRA adapter",
		about: "The trained adapter alone; it needs the model that the run started from.",
		opensIn: ["PEFT", "vLLM"],
		dtypes: [],
		estimatedBytes: path === null || reason !== null ? {} : { "": statSync(path).size },
		available: reason === null,
		reason,
	};
}

const NO_CHECKPOINT = "The run has no checkpoint yet.";

function checkpointDir({ dir }: RunEntry, which: "best" | "last" | number): string | null {
	const store = new CheckpointStore(join(dir, "checkpoints"));
	if (typeof which === "number") return store.list().find(({ step }) => step === which)?.dir ?? null;
	return (which === "best" ? (store.best() ?? store.last()) : store.last())?.dir ?? null;
}
