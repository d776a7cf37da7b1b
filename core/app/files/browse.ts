import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ApiInput, ApiOutput } from "../../contract/api.ts";
import type { FileEntry } from "../../contract/api-app.ts";
import { AppError } from "../../contract/errors.ts";
import { guardFile } from "../../store/files.ts";
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
	const first = places.roots[0];
	const path = dir === null ? first?.path : places.check(dir);
	if (path === undefined) {
		const hint = "Start `dqo serve` with --root and a folder.";
		throw new AppError({ code: "usage", message: "There is no folder that may be listed.", hint });
	}
	const folder = guardFile(path, () => (statSync(path).isDirectory() ? path : dirname(path)));
	const found = guardFile(folder, () => readdirSync(folder, { withFileTypes: true }));
	const visible = found.filter((entry) => !entry.name.startsWith("."));
	const entries = visible.flatMap((entry) => describe(folder, entry, show) ?? []);
	entries.sort((a, b) =>
		a.type === b.type ? a.name.localeCompare(b.name, "en", { numeric: true }) : a.type === "folder" ? -1 : 1,
	);
	return {
		dir: folder,
		parent: parentOf(places, folder),
		roots: [...places.roots],
		entries: entries.slice(0, MAX_ENTRIES),
		omitted: Math.max(0, entries.length - MAX_ENTRIES),
	};
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

function describe(folder: string, entry: Dirent, show: ApiInput<"files.browse">["show"]): FileEntry | null {
	const path = join(folder, entry.name);
	// A link is what it leads to; one that leads nowhere is left out.
	const info = entry.isSymbolicLink() ? look(path) : null;
	if (entry.isSymbolicLink() && info === null) return null;
	const isFolder = info?.isDirectory() ?? entry.isDirectory();
	if (!isFolder && !(info?.isFile() ?? entry.isFile())) return null;
	if (!isFolder && (show !== "datasets" || !isDataFileName(entry.name))) return null;
	const facts = info ?? look(path);
	return {
		name: entry.name,
		path,
		type: isFolder ? "folder" : "file",
		bytes: isFolder ? null : (facts?.size ?? null),
		modified: facts?.mtimeMs ?? null,
		looksLike: isFolder ? (looksLikeModel(path) ? "model" : null) : "dataset",
	};
}

function look(path: string) {
	try {
		return statSync(path);
	} catch {
		return null;
	}
}

/** Whether a folder has a configuration beside weights in the safetensors format. */
export function looksLikeModel(folder: string): boolean {
	const has = (name: string) => existsSync(join(folder, name));
	return has("config.json") && (has("model.safetensors") || has("model.safetensors.index.json"));
}
