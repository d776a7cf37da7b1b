import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import { RUN_SCHEMA_VERSION, type RunConfig, runConfigSchema } from "../contract/run.ts";
import { CheckpointStore } from "./checkpoints.ts";
import { guardFile, makeFolder } from "./files.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "./versioned.ts";

const RUN: VersionedFormat<RunConfig> = {
	what: "run configuration",
	version: RUN_SCHEMA_VERSION,
	schema: runConfigSchema,
	migrations: {},
};

/** What a run writes into its folder; anything else there, such as its training data, is left alone. */
const OWN_FILES = new Set(["run.json", "metrics.jsonl", "samples.jsonl", "checkpoints"]);

/** One run's folder: `run.json`, the logs `events.jsonl`, `metrics.jsonl`, `samples.jsonl`, and `checkpoints/`. */
export class RunStore {
	readonly id: string;
	readonly dir: string;
	readonly checkpoints: CheckpointStore;

	private constructor(root: string, id: string) {
		this.id = id;
		this.dir = join(root, id);
		this.checkpoints = new CheckpointStore(join(this.dir, "checkpoints"));
	}

	/** Makes a run's folder and its `run.json`. Throws `run-exists`, or `usage` for a name that is no safe folder name. */
	static create(root: string, id: string, config: RunConfig): RunStore {
		checkId(id);
		const store = new RunStore(root, id);
		makeFolder(store.dir);
		// The event file may be there first: it tells of a start that failed before the run had a configuration.
		const present = guardFile(store.dir, () => readdirSync(store.dir)).filter((name) => OWN_FILES.has(name));
		if (present.length > 0) {
			throw new AppError({
				code: "run-exists",
				message: `The folder ${store.dir} already holds a run's files: ${present.join(", ")}.`,
				hint: "Resume that run, or choose another name.",
			});
		}
		writeVersioned(join(store.dir, "run.json"), RUN, config);
		return store;
	}

	/** Opens an existing run. Throws `run-missing`. */
	static open(root: string, id: string): RunStore {
		checkId(id);
		const store = new RunStore(root, id);
		if (existsSync(join(store.dir, "run.json"))) return store;
		const known = RunStore.list(root);
		throw new AppError({
			code: "run-missing",
			message: `There is no run ${id} in ${root}.`,
			hint: known.length === 0 ? "There are no runs here yet." : `Runs here: ${known.slice(-10).join(", ")}.`,
		});
	}

	/** Names of the runs in a folder, sorted; a folder without `run.json` is no run. */
	static list(root: string): string[] {
		if (!existsSync(root)) return [];
		return guardFile(root, () => readdirSync(root))
			.filter((name) => existsSync(join(root, name, "run.json")))
			.sort();
	}

	/** Throws `file-corrupt`, or `file-unreadable` when a newer version of this program wrote it. */
	readConfig(): RunConfig {
		return readVersioned(join(this.dir, "run.json"), RUN);
	}

	/** Path of one of the run's logs; write it with `JsonLinesWriter`, read it with `readJsonLines`. */
	logPath(log: "events" | "metrics" | "samples"): string {
		return join(this.dir, `${log}.jsonl`);
	}
}

function checkId(id: string): void {
	// A name that ends in a dot or a space, or has a slash, means another folder on some system.
	if (/^[\p{L}\p{N}]([\p{L}\p{M}\p{N} ._-]{0,98}[\p{L}\p{M}\p{N}_-])?$/u.test(id)) return;
	throw new AppError({
		code: "usage",
		message: `"${id}" cannot name a run.`,
		hint: "Use letters, digits, spaces, dots, hyphens and underscores, a letter or digit first, 100 at most.",
	});
}
