import { createHash } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import { totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { idSchema, timeSchema } from "../../contract/api-common.ts";
import { type ModelCard, type ModelEntry, modelEntrySchema } from "../../contract/api-models.ts";
import { AppError } from "../../contract/errors.ts";
import { hubName, snapshotFolder } from "../../store/hub-cache.ts";
import { ADAPTER_CONFIG, isAdapterFolder, modelFolders } from "../../store/model-home.ts";
import { readVersioned, type VersionedFormat, writeVersioned } from "../../store/versioned.ts";
import type { AppContext, ModelLookup } from "../context.ts";
import { STARTER_DIR } from "../data/builtin.ts";
import { Thread } from "../threads/thread.ts";
import { inspectWeights } from "./inspect.ts";
import type { ModelMemory } from "./memory.ts";

const factsSchema = modelEntrySchema.omit({
	id: true,
	name: true,
	path: true,
	builtIn: true,
	loraMemoryBytes: true,
	fits: true,
	smaller: true,
});
const recordSchema = z.strictObject({
	id: idSchema,
	name: z.string(),
	path: z.string(),
	addedAt: timeSchema,
	/** Time of the last change of config.json that the facts are from; null without the file. */
	configModifiedMs: z.number().nullable(),
	facts: factsSchema,
});
type ModelRecord = z.infer<typeof recordSchema>;

const fileSchema = z.strictObject({ schemaVersion: z.literal(1), models: z.array(recordSchema) });
const format: VersionedFormat<z.infer<typeof fileSchema>> = {
	what: "list of models",
	version: 1,
	schema: fileSchema,
	migrations: {},
};

const STARTER_ID = "starter";

/** The rest of the memory belongs to the system and other programs. */
const USABLE_SHARE = 0.9;

/** The models that the app knows: folders of the user's, kept in `models.json`, and the starter. */
export class ModelService implements ModelLookup {
	readonly #context: AppContext;
	readonly #path: string;
	readonly #records: Map<string, ModelRecord>;
	readonly #thread: Thread;
	/** Estimates take seconds for each deep model; a folder just added is not to wait for them. */
	readonly #estimating: Thread;
	/** Estimated peak memory by folder; null while it is being estimated, and where it cannot be. */
	readonly #memory = new Map<string, ModelMemory | null>();

	/** Throws `file-corrupt` when the list of models is damaged. */
	constructor(context: AppContext) {
		this.#context = context;
		this.#path = join(context.dataDir, "models.json");
		this.#thread = new Thread(context.readingThread);
		this.#estimating = new Thread(context.readingThread);
		const models = existsSync(this.#path) ? readVersioned(this.#path, format).models : [];
		const path = join(STARTER_DIR, "model");
		const starter: ModelRecord = {
			id: STARTER_ID,
			name: "Starter",
			path,
			addedAt: 0,
			configModifiedMs: modifiedMs(path),
			// It comes with the program and is tiny, so it is looked at right here; its tokenizer is known to be whole.
			facts: { ...inspectWeights(path), hasChatTemplate: true },
		};
		this.#records = new Map([starter, ...models].map((record) => [record.id, record]));
	}

	close(): void {
		this.#thread.close();
		this.#estimating.close();
	}

	/** The starter last, the others by when they were added, newest first. */
	list(): ModelEntry[] {
		const records = [...this.#records.values()].sort((a, b) => b.addedAt - a.addedAt);
		return records.map((record) => this.#describe(record));
	}

	/** Throws `file-missing` for an id that no model has. */
	resolve(id: string): ModelEntry {
		return this.#describe(this.#record(id));
	}

	/** Registers a folder that the user may name, or looks at it again; one that cannot be trained says why. */
	async add(given: string): Promise<ModelEntry> {
		// Not of the file: in the hub's cache it is a link out of the folder.
		const path = this.#context.places.check(basename(given) === "config.json" ? dirname(given) : given);
		const folder = existsSync(path) && statSync(path).isFile() ? dirname(path) : path;
		const dir = snapshotFolder(folder) ?? folder;
		if (!existsSync(dir)) {
			const hint = "Choose the folder that config.json and the weights lie in.";
			throw new AppError({ code: "file-missing", message: `There is no folder ${dir}.`, hint });
		}
		if (dir === join(STARTER_DIR, "model")) return this.resolve(STARTER_ID);
		for (const folder of knownFolders(dir))
			if (folder !== join(STARTER_DIR, "model")) this.#context.places.check(folder);
		const known = [...this.#records.values()].find((record) => record.path === dir);
		const id = known?.id ?? `m-${createHash("sha256").update(dir).digest("hex").slice(0, 16)}`;
		return this.#look(id, dir, known);
	}

	/**
	 * Says which model an adapter belongs to: it is copied into a folder of the app's own that names that model, and is a model
	 * from then on. Throws as `importAdapter`.
	 */
	async adopt(id: string, baseId: string): Promise<ModelEntry> {
		const record = this.#record(id);
		const outDir = join(this.#context.dataDir, "adapters", `${id}-${baseId}`);
		if (record.path === outDir) return this.resolve(id);
		rmSync(outDir, { recursive: true, force: true });
		const baseDir = this.#record(baseId).path;
		await this.#thread.ask("importAdapter", { adapterDir: record.path, baseDir, outDir });
		return this.#look(id, outDir, record);
	}

	/** Looks at a folder and puts it on the list under `id`; what is known of it beyond that stays. */
	async #look(id: string, dir: string, known: ModelRecord | undefined): Promise<ModelEntry> {
		const facts = await this.#thread.ask("inspectModel", { dir });
		this.#memory.delete(dir);
		const name = known?.name ?? basename(hubName(dir) ?? dir);
		const addedAt = known?.addedAt ?? Date.now();
		this.#put({ id, name, path: dir, addedAt, configModifiedMs: modifiedMs(dir), facts });
		return this.resolve(id);
	}

	async card(id: string): Promise<ModelCard> {
		const { path } = this.#record(id);
		const cardPath = id === STARTER_ID ? join(STARTER_DIR, "README.md") : null;
		const card = await this.#thread.ask("readModelCard", { dir: path, cardPath });
		return { entry: this.resolve(id), ...card };
	}

	rename(id: string, name: string): void {
		this.#refuseStarter(id, "renamed");
		this.#put({ ...this.#record(id), name });
	}

	/** Forgets a model; its folder stays. */
	remove(id: string): void {
		this.#refuseStarter(id, "removed");
		this.#record(id);
		this.#records.delete(id);
		this.#save();
	}

	#record(id: string): ModelRecord {
		const record = this.#records.get(id);
		if (record !== undefined) return record;
		const hint = "It may have been removed in another window; choose one of the list.";
		throw new AppError({ code: "file-missing", message: "There is no such model.", hint });
	}

	#refuseStarter(id: string, what: string): void {
		if (id !== STARTER_ID) return;
		const message = `The starter comes with the program and cannot be ${what}.`;
		throw new AppError({ code: "usage", message, hint: "Add a copy of its folder, which can." });
	}

	#put(record: ModelRecord): void {
		this.#records.set(record.id, record);
		this.#save();
	}

	#save(): void {
		const models = [...this.#records.values()].filter(({ id }) => id !== STARTER_ID);
		writeVersioned(this.#path, format, { schemaVersion: 1, models });
		this.#context.hub.changed("models");
	}

	#describe({ id, name, path, facts, configModifiedMs }: ModelRecord): ModelEntry {
		const now = modifiedMs(path);
		const changed = now === configModifiedMs ? null : changedOnDisk(path, now === null);
		const memory = changed === null && facts.state === "ready" ? this.#memoryOf(path) : null;
		return {
			id,
			name,
			path,
			builtIn: id === STARTER_ID,
			...facts,
			...(changed === null ? {} : { state: "refused" as const, refusal: changed.toBody() }),
			loraMemoryBytes: memory?.bytes ?? null,
			fits: memory === null ? null : memory.bytes <= usableBytes(),
			smaller: memory?.smaller ?? null,
		};
	}

	/** The estimate, begun when it is first asked for; `changed: models` tells that it is there. */
	#memoryOf(path: string): ModelMemory | null {
		const known = this.#memory.get(path);
		if (known !== undefined) return known;
		this.#memory.set(path, null);
		this.#estimating.ask("estimateMemory", { dir: path, limitBytes: usableBytes() }).then(
			(memory) => {
				this.#memory.set(path, memory);
				this.#context.hub.changed("models");
			},
			// Without the estimate the model is as good as with it; nobody waits for it.
			() => {},
		);
		return null;
	}
}

const usableBytes = () => USABLE_SHARE * totalmem();

function modifiedMs(dir: string): number | null {
	const name = isAdapterFolder(dir) ? ADAPTER_CONFIG : "config.json";
	return statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** A model's folder and, of an adapter, those of the models below it, as far as they are known. */
function knownFolders(dir: string): string[] {
	try {
		return modelFolders(dir);
	} catch (error) {
		// Looking at the folder tells what is wrong with it.
		if (error instanceof AppError) return [dir];
		throw error;
	}
}

function changedOnDisk(path: string, gone: boolean): AppError {
	return new AppError({
		code: gone ? "file-missing" : "config-invalid",
		message: gone ? `${path} is no longer there.` : `${path} changed on disk since it was added.`,
		hint: gone ? "Connect its disk, or remove it here." : "Add the folder again to look at it anew.",
	});
}
