import { createHash } from "node:crypto";
import { existsSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import type { DataEntry } from "../../contract/api-data.ts";
import { toFailure } from "../../contract/error-body.ts";
import { AppError } from "../../contract/errors.ts";
import type { Columns, ColumnUse } from "../../contract/task.ts";
import type { DatasetKind } from "../../datasets/types.ts";
import { guardFile, makeFolder } from "../../store/files.ts";
import type { AppContext, DataLookup } from "../context.ts";
import { Thread } from "../threads/thread.ts";
import { builtInData, STARTER_DIR } from "./builtin.ts";
import { dataFilesOf, ImportNames } from "./import-names.ts";
import { indexFile } from "./index-files.ts";
import type { IndexProgress } from "./indexer.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { ReadingQueue } from "./reading.ts";
import { type DataRecord, DataRegistry } from "./registry.ts";

/** What is known of a data set besides its record. */
interface Live {
	manifest: Manifest | null;
	reading: { dir: string; progress: IndexProgress; secondsLeft: number | null } | null;
	/** A reading that was cancelled or met a bug, and so left no index. */
	failure: DataEntry["failure"];
}

const NOTHING_READ: IndexProgress = { share: 0, rows: 0, usableRows: 0, errors: 0, warnings: 0 };

/** The data sets that the app knows: their files are read in the background and never changed. */
export class DataService implements DataLookup {
	readonly #context: AppContext;
	readonly #registry: DataRegistry;
	readonly #live = new Map<string, Live>();
	readonly #queue: ReadingQueue;
	readonly #imports: ImportNames;
	readonly #indexRoot: string;
	/** Links followed, as the paths of data sets have them. */
	readonly #dataDir: string;
	readonly #builtIn: ReadonlySet<string>;
	/** Answers questions about what was read. */
	readonly queries: Thread;

	/** Throws `file-corrupt` when the list of data sets is damaged. */
	constructor(context: AppContext) {
		this.#context = context;
		this.#dataDir = realpathSync(context.dataDir);
		this.#registry = new DataRegistry(context.dataDir);
		this.#queue = new ReadingQueue(context.readingThread);
		this.queries = new Thread(context.readingThread);
		this.#imports = new ImportNames(join(this.#dataDir, "imports"));
		this.#indexRoot = join(context.dataDir, "cache", "datasets");
		const builtIn = builtInData(STARTER_DIR);
		this.#builtIn = new Set(builtIn.map(({ id }) => id));
		for (const { id, name, path } of builtIn) {
			if (this.#registry.get(id)?.path === path) continue;
			const base = { id, name, path, columns: {}, kind: null, index: null };
			this.#registry.put({ ...base, addedAt: 0, origin: "added" });
		}
		this.#dropOrphans();
		for (const record of this.#registry.list()) this.#open(record);
	}

	close(): void {
		this.#queue.close();
		this.queries.close();
	}

	list(): DataEntry[] {
		return this.#registry.list().map((record) => this.#describe(record));
	}

	/** Throws `file-missing` for an id that no data set has. */
	entry(id: string): DataEntry {
		return this.#describe(this.#record(id));
	}

	/** What was read of a data set, or null while it is read for the first time. */
	manifest(id: string): Manifest | null {
		this.#record(id);
		return this.#live.get(id)?.manifest ?? null;
	}

	/**
	 * The folder of a data set's index.
	 * @throws AppError `usage` while there is none; one that was deleted from the cache is made again.
	 */
	indexDir(id: string): string {
		const record = this.#record(id);
		const dir = record.index === null ? null : join(this.#indexRoot, record.index);
		const live = this.#liveOf(id);
		if (dir !== null && live.manifest !== null && existsSync(indexFile.manifest(dir))) return dir;
		if (live.reading === null && live.failure === null) this.#read(record);
		if (live.failure?.kind === "expected") throw new AppError(live.failure.error);
		throw new AppError({
			code: "usage",
			message: `${record.name} is still being read.`,
			hint: "Wait until it is ready.",
		});
	}

	/** Adds files, or every data file of folders, that the user may name; gives their ids in order. */
	add(paths: readonly string[]): string[] {
		const files = paths.flatMap((path) => this.#filesOf(this.#context.places.check(path)));
		return files.map((path) => this.register({ path, name: basename(path), origin: this.#originOf(path) }));
	}

	/** Adds a file that our own code names. A path that is there already keeps its id; a changed file is read again. */
	register({ path, name, origin }: { path: string; name: string; origin: DataEntry["origin"] }): string {
		const known = this.#registry.list().find((record) => record.path === path);
		if (known !== undefined) {
			if (this.#live.get(known.id)?.reading === null && !this.#isCurrent(known)) this.#read(known);
			return known.id;
		}
		const id = `d-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;
		const record: DataRecord = {
			id,
			name: name.slice(0, 120),
			path,
			addedAt: Date.now(),
			origin,
			columns: {},
			kind: null,
			index: null,
		};
		this.#registry.put(record);
		this.#read(record);
		this.#context.hub.changed("data");
		return id;
	}

	/** A path in the imports folder for an upload or pasted text called `name`, which nothing else will be given. */
	importTarget(name: string): { path: string } {
		return { path: this.#imports.next(name) };
	}

	rename(id: string, name: string): void {
		this.#refuseBuiltIn(id, "renamed");
		this.#registry.put({ ...this.#record(id), name });
		this.#tell(id);
	}

	/** Forgets a data set; with `deleteFile` its file too, when that is a copy or a product of ours. */
	remove(id: string, deleteFile: boolean): void {
		this.#refuseBuiltIn(id, "removed");
		const record = this.#record(id);
		this.#queue.cancel(id);
		this.#live.delete(id);
		this.#registry.delete(id);
		this.#dropOrphans();
		if (deleteFile && this.#originOf(record.path) !== "added")
			guardFile(record.path, () => rmSync(record.path, { force: true }));
		this.#context.hub.changed("data");
	}

	/** Stops reading; what an earlier reading found stays. */
	cancel(id: string): void {
		const live = this.#liveOf(id);
		if (live.reading === null) return;
		this.#queue.cancel(id);
		this.#end(id, cancelled(this.#record(id).name));
	}

	/** Reads the file again. */
	reload(id: string): void {
		this.#read(this.#record(id));
	}

	/** Reads the file again with its columns named. Throws `data-invalid` for a column that it does not have. */
	map(id: string, columns: Columns, kind: DatasetKind | null): DataEntry {
		this.#refuseBuiltIn(id, "mapped");
		const manifest = this.manifest(id);
		const names = manifest?.columns.map((column) => column.name) ?? [];
		const missing = Object.keys(columns).find((name) => !names.includes(name));
		if (manifest !== null && missing !== undefined) {
			const message = `${this.#record(id).name} has no column "${missing}".`;
			throw new AppError({ code: "data-invalid", message, hint: `Its columns are ${names.join(", ")}.` });
		}
		const record = { ...this.#record(id), columns, kind };
		this.#registry.put(record);
		this.#read(record);
		return this.entry(id);
	}

	#record(id: string): DataRecord {
		const record = this.#registry.get(id);
		if (record !== undefined) return record;
		const hint = "It may have been removed in another window; choose one of the list.";
		throw new AppError({ code: "file-missing", message: "There is no such data set.", hint });
	}

	#liveOf(id: string): Live {
		let live = this.#live.get(id);
		if (live === undefined) {
			live = { manifest: null, reading: null, failure: null };
			this.#live.set(id, live);
		}
		return live;
	}

	#refuseBuiltIn(id: string, what: string): void {
		if (!this.#builtIn.has(id)) return;
		const message = `${this.#record(id).name} comes with the program and cannot be ${what}.`;
		throw new AppError({ code: "usage", message, hint: "Add a copy of the file, which can." });
	}

	#filesOf(path: string): string[] {
		const info = guardFile(path, () => statSync(path));
		if (!info.isDirectory()) return [path];
		const files = guardFile(path, () => dataFilesOf(path)).map((file) => this.#context.places.check(file));
		if (files.length > 0) return files;
		throw new AppError({
			code: "data-empty",
			message: `${path} holds no data file.`,
			hint: "Choose a folder with .jsonl, .json, .csv, .tsv or .parquet files, or a file itself.",
		});
	}

	#originOf(path: string): DataEntry["origin"] {
		const below = (folder: string) => path.startsWith(join(this.#dataDir, folder) + sep);
		return below("imports") ? "imported" : below("generated") ? "made" : "added";
	}

	/** Takes up an index of an earlier start where the file is still the same, else reads the file. */
	#open(record: DataRecord): void {
		if (!this.#isCurrent(record)) this.#read(record);
	}

	#isCurrent(record: DataRecord): boolean {
		const live = this.#liveOf(record.id);
		if (record.index === null) return false;
		try {
			live.manifest ??= readManifest(join(this.#indexRoot, record.index));
			const { source, wanted } = live.manifest;
			const { size, mtimeMs } = statSync(record.path);
			const same = source.bytes === size && source.modifiedMs === mtimeMs && source.path === record.path;
			return same && wanted.kind === record.kind && sameColumns(wanted.columns, record.columns);
		} catch {
			// Whatever is wrong with the index or the file, reading it again finds out and says so.
			return false;
		}
	}

	#read(record: DataRecord): void {
		const { id, path, columns, kind } = record;
		this.#queue.cancel(id);
		const name = `${id}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
		const dir = join(this.#indexRoot, name);
		makeFolder(this.#indexRoot);
		const live = this.#liveOf(id);
		live.failure = null;
		live.reading = { dir, progress: NOTHING_READ, secondsLeft: null };
		this.#tell(id);
		this.#queue.add({
			id,
			input: { dir, path, columns, kind },
			onProgress: (progress, secondsLeft) => {
				live.reading = { dir, progress, secondsLeft };
				this.#tell(id);
			},
			onEnd: (result) => this.#end(id, result, name),
		});
	}

	#end(id: string, result: Manifest | Error, index: string | null = null): void {
		const live = this.#liveOf(id);
		live.reading = null;
		if (result instanceof Error) {
			live.failure = toFailure(result);
		} else {
			live.manifest = result;
			// The index is of use all the same; where it is not noted, the next start reads the file again.
			const record = { ...this.#record(id), index };
			this.#context.hub.saveOrTell("The list of data sets", () => this.#registry.put(record));
		}
		this.#dropOrphans();
		this.#tell(id);
		this.#context.hub.changed("data");
	}

	/** Deletes indexes that no data set has: older ones, and what a cancelled reading left. */
	#dropOrphans(): void {
		if (!existsSync(this.#indexRoot)) return;
		const used = new Set<string>();
		for (const record of this.#registry.list()) if (record.index !== null) used.add(record.index);
		for (const { reading } of this.#live.values()) if (reading !== null) used.add(basename(reading.dir));
		for (const name of readdirSync(this.#indexRoot)) {
			if (used.has(name)) continue;
			try {
				rmSync(join(this.#indexRoot, name), { recursive: true, force: true });
			} catch {
				// Still open somewhere: the next start deletes it.
			}
		}
	}

	#tell(id: string): void {
		this.#context.hub.push({ type: "data", entry: this.entry(id) });
	}

	#describe(record: DataRecord): DataEntry {
		const { manifest, reading, failure } = this.#liveOf(record.id);
		const { id, name, path, columns, addedAt, origin } = record;
		const counts = reading?.progress ?? manifest ?? NOTHING_READ;
		const state = reading !== null ? "reading" : failure !== null ? "failed" : (manifest?.state ?? "failed");
		return {
			id,
			name,
			path,
			columns,
			addedAt,
			origin,
			bytes: manifest?.source.bytes ?? sizeOf(path),
			format: manifest?.format ? `${manifest.format}${manifest.gzip ? ".gz" : ""}` : null,
			kind: manifest?.kind ?? null,
			state,
			progress: reading === null ? null : reading.progress.share,
			secondsLeft: reading?.secondsLeft ?? null,
			rows: counts.rows,
			usableRows: counts.usableRows,
			errors: counts.errors,
			warnings: counts.warnings,
			failure: failure ?? (reading === null ? (manifest?.failure ?? null) : null),
		};
	}
}

function sizeOf(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function sameColumns(a: Columns, b: Columns): boolean {
	const names = Object.keys(a);
	return names.length === Object.keys(b).length && names.every((name) => sameUse(a[name], b[name]));
}

function sameUse(a: ColumnUse | undefined, b: ColumnUse | undefined): boolean {
	if (typeof a !== "object" || typeof b !== "object") return a === b;
	const texts = Object.keys(a.values);
	const same = texts.length === Object.keys(b.values).length;
	return a.as === b.as && same && texts.every((text) => a.values[text] === b.values[text]);
}

function cancelled(name: string): AppError {
	return new AppError({
		code: "cancelled",
		message: `Reading ${name} was cancelled.`,
		hint: "Reload it to read it from the start.",
	});
}
