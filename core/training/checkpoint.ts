import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import type { RunConfig } from "../contract/run.ts";
import { writePeftAdapter } from "../models/hf/peft.ts";
import { inMemory, openSafetensors, type TensorSource, writeSafetensors } from "../models/hf/safetensors.ts";
import type { CheckpointStore } from "../store/checkpoints.ts";
import { parseVersioned, type VersionedFormat } from "../store/versioned.ts";
import type { Parameters } from "./adamw.ts";
import { ROLES } from "./parameters.ts";
import { policyAdapter, policyTensors } from "./policy.ts";
import type { TrainerState } from "./trainer.ts";

/** Every trained tensor as it is trained, full names, float32: what a resumed run reads. */
const TRAINED = "trained.safetensors";
const OPTIMIZER = "optimizer.safetensors";

const stateSchema = z.strictObject({
	schemaVersion: z.literal(4),
	/** Hash of the model, the training tokens and every setting that steers the trajectory. */
	fingerprint: z.string(),
	updates: z.strictObject({ policy: z.int().min(0), value: z.int().min(0) }),
	best: z
		.strictObject({
			step: z.int().min(0),
			accuracy: z.number().nullable(),
			heldOutLoss: z.number().nullable(),
		})
		.nullable(),
	/** Step of the last evaluation that was finished, so that one that was broken off is made up for. */
	evaluated: z.int().min(0).nullable(),
	/** Steps in a row in which correct responses lost probability, for the warning. */
	negativeSteps: z.int().min(0),
	lossWatch: z.strictObject({ lowest: z.number().nullable(), high: z.int().min(0) }),
	/** Null in float32. */
	lossScale: z.strictObject({ scale: z.number().min(1), goodSteps: z.int().min(0) }).nullable(),
	/** Padded tokens that ran at once since memory ran out under this setting of them; null while the setting held. */
	halved: z.strictObject({ setting: z.int().min(1), microTokens: z.int().min(1) }).nullable(),
});
type CheckpointState = z.infer<typeof stateSchema>;

const STATE: VersionedFormat<CheckpointState> = {
	what: "state of a training run",
	version: 4,
	schema: stateSchema,
	// Version 1 did not keep what the warnings count: they begin anew.
	migrations: {
		1: (old) => ({ ...old, negativeSteps: 0, lossWatch: { lowest: null, high: 0 } }),
		// All runs of before were in float32.
		2: (old) => ({ ...old, lossScale: null }),
		// Not kept before: where memory runs out again, it is halved again.
		3: (old) => ({ ...old, halved: null }),
	},
};

/** What the steps and evaluations so far have found. */
export type Progress = Pick<CheckpointState, "best" | "evaluated" | "negativeSteps">;

export interface CheckpointSource {
	readonly config: RunConfig;
	readonly base: ReadonlyMap<string, TensorSource>;
	readonly shapes: ReadonlyMap<string, readonly number[]>;
	readonly fingerprint: string;
	/** Padded tokens that run at once. */
	readonly microTokens: number;
}

/** Writes a checkpoint: the policy in a form that other tools read, and all that an identical continuation needs. */
export async function writeCheckpoint(
	store: CheckpointStore,
	trainer: TrainerState,
	source: CheckpointSource,
	progress: Progress,
): Promise<string> {
	const { config, base, shapes, fingerprint, microTokens } = source;
	const updates = { policy: trainer.optimizers.policy.step, value: trainer.optimizers.value.step };
	const { lossWatch, lossScale } = trainer;
	const setting = config.microTokens;
	const halved = microTokens < setting ? { setting, microTokens } : null;
	const state: CheckpointState = {
		...{ schemaVersion: 4, fingerprint, updates, ...progress, lossWatch, lossScale, halved },
	};
	const wrap = (tensors: Parameters, prefix = "") =>
		[...tensors].map(
			([name, values]) => [`${prefix}${name}`, inMemory(shapes.get(name) ?? [], values)] as const,
		);
	const { dir } = await store.write(trainer.step, state, (folder) => {
		if (config.adapter.type === "lora") {
			writePeftAdapter(folder, policyAdapter(trainer.parameters, shapes, config.adapter), config.modelDir);
		} else {
			const tensors = policyTensors(base, trainer.parameters, shapes, config.adapter);
			writeSafetensors(join(folder, "model.safetensors"), tensors, { format: "pt" });
		}
		writeSafetensors(join(folder, TRAINED), new Map(wrap(trainer.parameters)));
		const moments = ROLES.flatMap((role) => [
			...wrap(trainer.optimizers[role].first, "first/"),
			...wrap(trainer.optimizers[role].second, "second/"),
		]);
		writeSafetensors(join(folder, OPTIMIZER), new Map(moments));
	});
	return dir;
}

/** Reads a checkpoint back. Throws `resume-mismatch` when the run's model, data or settings are not those it was made with. */
export async function readCheckpoint(
	store: CheckpointStore,
	step: number,
	fingerprint: string,
): Promise<{ trainer: TrainerState; progress: Progress; halved: CheckpointState["halved"] }> {
	const { dir, state: raw } = await store.open(step);
	// The first version had no number of its own.
	const numbered = { schemaVersion: 1, ...(raw as object) };
	const state = parseVersioned(numbered, join(dir, "state.json"), STATE);
	if (state.fingerprint !== fingerprint) {
		throw new AppError({
			code: "resume-mismatch",
			message: `The checkpoint of step ${step} was made with another model, other data or other settings.`,
			hint: "Resume with the files and settings the run was started with, or start a new run.",
		});
	}
	const parameters = trainedOf(dir);
	const optimizer = openSafetensors(join(dir, OPTIMIZER)).tensors;
	const moment = (kind: "first" | "second", role: string): Parameters =>
		new Map(
			[...optimizer].flatMap(([name, t]) =>
				name.startsWith(`${kind}/${role}:`) ? [[name.slice(kind.length + 1), t.load()] as const] : [],
			),
		);
	const roleState = (role: "policy" | "value") => ({
		step: state.updates[role],
		first: moment("first", role),
		second: moment("second", role),
	});
	const optimizers = { policy: roleState("policy"), value: roleState("value") };
	const { best, evaluated, negativeSteps, lossWatch, lossScale, halved } = state;
	return {
		trainer: { step, parameters, optimizers, lossWatch, lossScale },
		progress: { best, evaluated, negativeSteps },
		halved,
	};
}

/** The trained tensors alone, by full name, the checkpoint's files checked. Throws `file-missing` or `file-corrupt`. */
export async function readTrained(store: CheckpointStore, step: number): Promise<Parameters> {
	return trainedOf((await store.open(step)).dir);
}

function trainedOf(dir: string): Parameters {
	const { tensors } = openSafetensors(join(dir, TRAINED));
	return new Map([...tensors].map(([name, tensor]) => [name, tensor.load()]));
}
