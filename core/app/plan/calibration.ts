import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";
import { type Throughput, typicalCpu } from "../../training/estimate.ts";

const calibrationSchema = z.strictObject({
	schemaVersion: z.literal(1),
	/** The processor that it was measured on; on another it is not used. */
	machine: z.string(),
	threads: z.int().min(1),
	/** Times as fast as a typical processor with as many threads. */
	speed: z.number().positive(),
	/** What was measured, in words. */
	from: z.string(),
});
type CalibrationFile = z.infer<typeof calibrationSchema>;

const FORMAT: VersionedFormat<CalibrationFile> = {
	what: "calibration",
	version: 1,
	schema: calibrationSchema,
	migrations: {},
};

/** How fast this machine trains, from the last run measured here; `calibration.json` keeps it. */
export class Calibration {
	readonly #path: string;
	#known: CalibrationFile | null;

	constructor(dataDir: string) {
		this.#path = join(dataDir, "calibration.json");
		this.#known = readOrNull(this.#path);
	}

	/** For a run with so many threads; 0 takes all cores. */
	throughput(threads: number): Throughput {
		const used = threadsUsed(threads);
		const typical = typicalCpu(used);
		if (this.#known === null) return typical;
		const { speed, threads: measured } = this.#known;
		return {
			matrixFlops: typical.matrixFlops * speed,
			movedBytes: typical.movedBytes * speed,
			secondsPerNode: typical.secondsPerNode / speed,
			updates: typical.updates * speed,
			error: used === measured ? 0.15 : 0.3,
			source: "measured",
		};
	}

	get words(): string {
		return this.#known === null
			? "From a model of the computation; no run has been measured on this computer yet."
			: `From steps measured on this computer: ${this.#known.from}.`;
	}

	/** `matrixFlops` is what was measured in a run with so many threads. */
	learn(matrixFlops: number, threads: number, from: string): void {
		const used = threadsUsed(threads);
		const speed = matrixFlops / typicalCpu(used).matrixFlops;
		if (!(speed > 0 && Number.isFinite(speed))) return;
		this.#known = { schemaVersion: 1, machine: machine(), threads: used, speed, from };
		writeVersioned(this.#path, FORMAT, this.#known);
	}
}

function threadsUsed(threads: number): number {
	const cores = availableParallelism();
	return threads > 0 ? Math.min(threads, cores) : cores;
}

function machine(): string {
	return `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores`;
}

/** What was measured elsewhere or cannot be read is measured anew. */
function readOrNull(path: string): CalibrationFile | null {
	if (!existsSync(path)) return null;
	try {
		const known = readVersioned(path, FORMAT);
		return known.machine === machine() ? known : null;
	} catch (error) {
		if (error instanceof AppError) return null;
		throw error;
	}
}
