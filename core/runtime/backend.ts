import { AppError } from "../contract/errors.ts";
import type { Device } from "../contract/provider.ts";
import type { Feed } from "./tensors.ts";

/** A graph in ONNX's form, as `serialise` leaves it, or a file of it. */
export interface Loadable {
	readonly model: Uint8Array | string;
	/** What the model keeps outside: bytes by file name. */
	readonly external: readonly { readonly path: string; readonly data: Uint8Array }[];
	/** Folder whose files the weights are mapped from; null where none are. */
	readonly mappedFrom: string | null;
}

export interface LoadOptions {
	readonly device: Device;
	/** `disabled` runs the graph op by op as it was built: for comparing. Default: all that finds anything in it. */
	readonly optimization?: "all" | "disabled";
	/** Folder for ONNX Runtime's profile of what ran where and how long; `readPlacement` reads it once profiling has ended. */
	readonly profileDir?: string | undefined;
	/** CPU threads inside an op; 0 lets ONNX Runtime take every core. */
	readonly threads?: number;
	/** Outputs that stay on the device; only where the backend `keepsResident`. */
	readonly resident?: readonly string[];
}

export interface RunOptions {
	/** Ends the run with `cancelled`, at the next node. The addon asks it only before the run: it cannot end one that has begun. */
	readonly signal?: AbortSignal | undefined;
}

/** A graph in ONNX Runtime. Its errors are ONNX Runtime's own. */
export interface Loaded {
	readonly inputNames: readonly string[];
	readonly outputNames: readonly string[];
	run(
		feeds: ReadonlyMap<string, Feed>,
		fetches: readonly string[],
		options?: RunOptions,
	): Promise<ReadonlyMap<string, Feed>>;
	/** Writes the profile, if there is one; `release` does so too. */
	endProfiling(): Promise<void>;
	release(): Promise<void>;
}

/** A way into ONNX Runtime. */
export interface Backend {
	load(what: Loadable, options: LoadOptions): Promise<Loaded>;
	/** Whether a session on the device can leave its outputs there. */
	keepsResident(device: Device): boolean;
}

/** What a run throws whose signal was given. */
export function cancelledRun(cause?: unknown): AppError {
	const message = "The run of a graph was cancelled.";
	return new AppError({ code: "cancelled", message, hint: "Start it again when it is wanted." }, { cause });
}
