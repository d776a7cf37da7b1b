import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { guardFile, makeFolder, sha256Files, syncFolder, temporaryBeside } from "./files.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "./versioned.ts";

export interface Checkpoint {
	step: number;
	/** Absolute folder. */
	dir: string;
}

const stateSchema = z.strictObject({
	schemaVersion: z.literal(1),
	step: z.int().min(0),
	/** Every other file of the checkpoint. */
	files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string() })),
	/** What training needs to go on besides the tensors; its form is training's own. */
	state: z.unknown(),
});

const STATE: VersionedFormat<z.infer<typeof stateSchema>> = {
	what: "checkpoint state",
	version: 1,
	schema: stateSchema,
	migrations: {},
};

const bestSchema = z.strictObject({ schemaVersion: z.literal(1), step: z.int().min(0) });
const BEST: VersionedFormat<z.infer<typeof bestSchema>> = {
	what: "pointer to the best checkpoint",
	version: 1,
	schema: bestSchema,
	migrations: {},
};

const NAME = /^step-(\d{6,})$/;
const nameOf = (step: number) => `step-${String(step).padStart(6, "0")}`;

/**
 * The checkpoints of one run: folders `step-000100` with a `state.json` written last, and `best.json` naming the best.
 * A folder without `state.json` is no checkpoint. One writer at a time.
 */
export class CheckpointStore {
	readonly dir: string;

	constructor(dir: string) {
		this.dir = dir;
	}

	/** Complete checkpoints, oldest step first. */
	list(): Checkpoint[] {
		if (!existsSync(this.dir)) return [];
		return guardFile(this.dir, () => readdirSync(this.dir))
			.flatMap((name) => {
				const match = NAME.exec(name);
				return match ? [{ step: Number(match[1]), dir: join(this.dir, name) }] : [];
			})
			.filter(({ dir }) => existsSync(join(dir, "state.json")))
			.sort((a, b) => a.step - b.step);
	}

	last(): Checkpoint | null {
		return this.list().at(-1) ?? null;
	}

	best(): Checkpoint | null {
		const path = join(this.dir, "best.json");
		if (!existsSync(path)) return null;
		const { step } = readVersioned(path, BEST);
		return this.list().find((checkpoint) => checkpoint.step === step) ?? null;
	}

	markBest(step: number): void {
		if (!this.list().some((checkpoint) => checkpoint.step === step)) throw this.missing(step);
		writeVersioned(join(this.dir, "best.json"), BEST, { schemaVersion: 1, step });
	}

	/**
	 * Writes a checkpoint: `write` puts files (no sub-folders) into the folder it is given, then `state.json` follows and the folder gets
	 * its name, so a crash or a full disk at any point leaves no half checkpoint. Throws `disk-full`.
	 */
	async write(
		step: number,
		state: unknown,
		write: (dir: string) => void | Promise<void>,
	): Promise<Checkpoint> {
		const dir = join(this.dir, nameOf(step));
		const temporary = temporaryBeside(dir);
		try {
			makeFolder(temporary);
			await write(temporary);
			const files = await describeFiles(temporary);
			writeVersioned(join(temporary, "state.json"), STATE, { schemaVersion: 1, step, files, state });
			guardFile(dir, () => {
				this.discard(dir);
				renameSync(temporary, dir);
				syncFolder(this.dir);
			});
		} catch (error) {
			rmSync(temporary, { recursive: true, force: true });
			throw this.withRemains(error);
		}
		return { step, dir };
	}

	/** Reads a checkpoint's state after checking every file's size and SHA-256. Throws `file-missing` or `file-corrupt`. */
	async open(step: number): Promise<Checkpoint & { state: unknown }> {
		const checkpoint = this.list().find((candidate) => candidate.step === step);
		if (checkpoint === undefined) throw this.missing(step);
		const { files, state } = readVersioned(join(checkpoint.dir, "state.json"), STATE);
		const found = await describeFiles(checkpoint.dir);
		for (const [name, { bytes, sha256 }] of Object.entries(files)) {
			if (found[name]?.bytes === bytes && found[name].sha256 === sha256) continue;
			const path = join(checkpoint.dir, name);
			throw new AppError({
				code: found[name] === undefined ? "file-missing" : "file-corrupt",
				message: `${path} ${found[name] === undefined ? "is missing" : "is not as it was written"}; this checkpoint cannot be used.`,
				hint: this.otherThan(step),
				details: { path },
			});
		}
		return { ...checkpoint, state };
	}

	/** Deletes all but the `keep` newest checkpoints and the best, and what interrupted writes left behind. */
	prune(keep: number): void {
		const all = this.list();
		const best = this.best()?.step;
		for (const { step, dir } of all.slice(0, Math.max(0, all.length - keep))) {
			if (step !== best) guardFile(dir, () => this.discard(dir));
		}
		if (!existsSync(this.dir)) return;
		for (const name of readdirSync(this.dir)) {
			if (name.startsWith(".step-")) rmSync(join(this.dir, name), { recursive: true, force: true });
		}
	}

	/** Renames before deleting, so that an interrupted deletion leaves no half checkpoint under a real name. */
	private discard(dir: string): void {
		if (!existsSync(dir)) return;
		const aside = temporaryBeside(dir);
		renameSync(dir, aside);
		rmSync(aside, { recursive: true, force: true });
	}

	private missing(step: number): AppError {
		return new AppError({
			code: "file-missing",
			message: `${this.dir} has no checkpoint of step ${step}.`,
			hint: this.otherThan(step),
		});
	}

	private otherThan(step: number): string {
		const steps = this.list().flatMap((checkpoint) => (checkpoint.step === step ? [] : [checkpoint.step]));
		return steps.length === 0
			? "There is no other checkpoint: start the run again."
			: `Use another checkpoint: ${steps.map((other) => `step ${other}`).join(", ")}.`;
	}

	private withRemains(error: unknown): unknown {
		if (!(error instanceof AppError) || error.code !== "disk-full") return error;
		const last = this.last();
		const remains =
			last === null
				? "no checkpoint was written before"
				: `the run can be resumed from the checkpoint of step ${last.step}`;
		return new AppError({ ...error.toBody(), hint: `Free some space: ${remains}.` }, { cause: error });
	}
}

async function describeFiles(dir: string): Promise<Record<string, { bytes: number; sha256: string }>> {
	const names = guardFile(dir, () => readdirSync(dir)).filter((name) => name !== "state.json");
	const described: Record<string, { bytes: number; sha256: string }> = {};
	for (const name of names.sort()) {
		const path = join(dir, name);
		described[name] = {
			bytes: guardFile(path, () => statSync(path).size),
			sha256: await sha256Files([path]),
		};
	}
	return described;
}
