import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { readForeignJson } from "./foreign-files.ts";
import { hubCacheDir, snapshotFolder } from "./hub-cache.ts";

/** What PEFT names the configuration of an adapter. */
export const ADAPTER_CONFIG = "adapter_config.json";

/** The largest adapter_config.json that is read; those of PEFT have some kB. */
const MAX_BYTES = 1_000_000;

const namesBase = z.object({ base_model_name_or_path: z.string().nullish() });

/** Whether a folder holds an adapter and no weights of a model; some trainers leave the base's config.json beside one. */
export function isAdapterFolder(dir: string): boolean {
	const has = (name: string) => existsSync(join(dir, name));
	return has(ADAPTER_CONFIG) && !has("model.safetensors") && !has("model.safetensors.index.json");
}

/** What an adapter says it was trained on: a folder, or a name on the Hub; null when it says nothing. */
function namedBase(adapterDir: string): string | null {
	const path = join(adapterDir, ADAPTER_CONFIG);
	const parsed = namesBase.safeParse(readForeignJson(path, MAX_BYTES));
	if (parsed.success) return parsed.data.base_model_name_or_path || null;
	const hint = "Get a fresh copy of the adapter.";
	throw new AppError({ code: "file-corrupt", message: `${path} is not in the form that PEFT writes.`, hint });
}

/**
 * The folder of the model that an adapter belongs to, a model's or an adapter's, also one in the hub's cache; null when it is
 * not on this machine.
 */
export function baseFolder(adapterDir: string): string | null {
	const named = namedBase(adapterDir);
	if (named === null) return null;
	const downloaded = join(hubCacheDir(), `models--${named.replaceAll("/", "--")}`);
	const places = isAbsolute(named) ? [named] : [resolve(adapterDir, named), resolve(named), downloaded];
	const isModel = (dir: string) =>
		statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true &&
		["config.json", ADAPTER_CONFIG].some((name) => existsSync(join(dir, name)));
	return (
		places.map((dir) => snapshotFolder(dir) ?? dir).find((dir) => isModel(dir) && dir !== adapterDir) ?? null
	);
}

/** Adapters that stand on one another, at most: more is a circle. */
const MOST_ADAPTERS = 8;

/**
 * The folders of a model from the outermost adapter down to the one with configuration, tokenizer and whole weights; a plain
 * model's own folder alone, and of a model's folder in the hub's cache the one that its files are in. Throws `model-unsupported` for an adapter whose model is not on this machine.
 */
export function modelFolders(dir: string): string[] {
	const first = snapshotFolder(dir) ?? dir;
	const folders = [first];
	for (let at = first; isAdapterFolder(at); ) {
		const base = baseFolder(at);
		if (base === null || folders.length > MOST_ADAPTERS) throw unknownBase(at);
		folders.push(base);
		at = base;
	}
	return folders;
}

/** Folder with the configuration and the tokenizer of a model or an adapter. Throws as `modelFolders`. */
export function modelHome(dir: string): string {
	return modelFolders(dir).at(-1) as string;
}

function unknownBase(adapterDir: string): AppError {
	const named = namedBase(adapterDir);
	const on = named === null ? "a model that it does not name" : `"${named}", which is no model folder here`;
	return new AppError({
		code: "model-unsupported",
		message: `${adapterDir} is a LoRA adapter of ${on}.`,
		hint: "Say which model it belongs to: under Models, or with dqo import --adapter DIR --base MODEL --out NEW.",
		details: { adapterOf: named },
	});
}
