import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ApiInput, ApiOutput } from "../../contract/api.ts";
import type { FileEntry } from "../../contract/api-app.ts";
import { AppError } from "../../contract/errors.ts";
import { guardFile } from "../../store/files.ts";
import { hubCacheDir, hubName, snapshotFolder } from "../../store/hub-cache.ts";
import { isAdapterFolder } from "../../store/model-home.ts";
import { isDataFileName } from "../data/import-names.ts";
import type { Places } from "../places.ts";

/** Entries listed of one folder; the page would not show more in a way that anyone could use. */
const MAX_ENTRIES = 2000;

/**
 * Lists a folder inside the places that may be read, folders first, hidden files left out. An entry that cannot be looked
 * at is listed without its size.
 * @throws AppError `usage` outside these places, `file-missing` or `file-unreadable` for the folder itself.
 */
export function browse(places: Places, { dir, show }: ApiInput<"files.browse">): ApiOutput<"files.browse"> {
	// The data folder, which is named first, holds nothing that a user would look for.
	const first = places.roots[1] ?? places.roots[0];
	const path = dir === null ? first?.path : places.check(dir);
	if (path === undefined) {
		const hint = "Start `dqo serve` with --root and a folder.";
		throw new AppError({ code: "usage", message: "There is no folder that may be listed.", hint });
	}
	const folder = guardFile(path, () => (statSync(path).isDirectory() ? path : dirname(path)));
	const found = guardFile(folder, () => readdirSync(folder, { withFileTypes: true }));
	const visible = found.filter((entry) => !entry.name.startsWith("."));
	const listed = visible.flatMap((entry) => typed(folder, entry, show) ?? []).sort(foldersFirst);
	return {
		dir: folder,
		parent: parentOf(places, folder),
		roots: show === "models" ? [...places.roots, ...hubPlace(places)] : [...places.roots],
		// Only these are looked at one by one: a folder may hold a million files.
		entries: listed.slice(0, MAX_ENTRIES).map(describe),
		omitted: Math.max(0, listed.length - MAX_ENTRIES),
	};
}

type Listed = Pick<FileEntry, "name" | "path" | "type">;

const byName = new Intl.Collator("en", { numeric: true });

function foldersFirst(a: Listed, b: Listed): number {
	if (a.type !== b.type) return a.type === "folder" ? -1 : 1;
	return byName.compare(a.name, b.name);
}

/** Where downloads from the hub lie: in a hidden folder, which the list of its parent leaves out. */
function hubPlace(places: Places): { name: string; path: string }[] {
	const path = hubCacheDir();
	if (!existsSync(path)) return [];
	try {
		return [{ name: "Hugging Face cache", path: places.check(path) }];
	} catch {
		return [];
	}
}

/** The folder above, where it may be listed too. */
function parentOf(places: Places, folder: string): string | null {
	const parent = dirname(folder);
	try {
		return parent === folder ? null : places.check(parent);
	} catch {
		return null;
	}
}

/** What an entry of a folder is; null for one that is not to be shown. */
function typed(folder: string, entry: Dirent, show: ApiInput<"files.browse">["show"]): Listed | null {
	const path = join(folder, entry.name);
	// A link is what it leads to; one that leads nowhere is left out.
	const what = entry.isSymbolicLink() ? look(path) : entry;
	if (what?.isDirectory()) {
		const name = (show === "models" && hubName(path)) || entry.name;
		return { name, path, type: "folder" };
	}
	const shown = what?.isFile() && show === "datasets" && isDataFileName(entry.name);
	return shown ? { name: entry.name, path, type: "file" } : null;
}

function describe({ name, path, type }: Listed): FileEntry {
	const facts = look(path);
	const shared = { name, path, type, modified: facts?.mtimeMs ?? null };
	return type === "folder"
		? { ...shared, bytes: null, looksLike: looksLikeModel(path) ? "model" : null }
		: { ...shared, bytes: facts?.size ?? null, looksLike: "dataset" };
}

function look(path: string) {
	try {
		return statSync(path);
	} catch {
		return null;
	}
}

/** Whether a folder has a configuration beside weights in the safetensors format, or a LoRA adapter. */
function looksLikeModel(folder: string): boolean {
	const dir = snapshotFolder(folder) ?? folder;
	const has = (name: string) => existsSync(join(dir, name));
	const hasWeights = has("model.safetensors") || has("model.safetensors.index.json");
	return isAdapterFolder(dir) || (has("config.json") && hasWeights);
}
