import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

/** What downloads from the Hugging Face hub are kept under: a folder `models--OWNER--NAME` for each model. */
export function hubCacheDir(env: NodeJS.ProcessEnv = process.env): string {
	const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = env;
	const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
	return HF_HUB_CACHE || join(home, "hub");
}

/**
 * The files of a model in a folder `models--OWNER--NAME`: those of its main branch, otherwise the newest of its snapshots; null
 * for a folder of any other kind. The files are links into `blobs` beside them.
 */
export function snapshotFolder(dir: string): string | null {
	if (hubName(dir) === null) return null;
	const snapshots = join(dir, "snapshots");
	const modified = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	try {
		const main = join(dir, "refs", "main");
		const commit = existsSync(main) ? readFileSync(main, "utf8").trim() : "";
		if (/^\w+$/.test(commit) && existsSync(join(snapshots, commit))) return join(snapshots, commit);
		const all = readdirSync(snapshots).map((name) => join(snapshots, name));
		return all.sort((a, b) => modified(b) - modified(a))[0] ?? null;
	} catch {
		// Without snapshots, or unreadable: whoever looks at the folder itself says so.
		return null;
	}
}

/** `OWNER/NAME` of a model in the hub's cache, by its folder or that of a snapshot; null elsewhere. */
export function hubName(dir: string): string | null {
	const folder = basename(dirname(dir)) === "snapshots" ? dirname(dirname(dir)) : dir;
	const [kind, ...parts] = basename(folder).split("--");
	return kind === "models" && parts.length > 0 ? parts.join("/") : null;
}

/**
 * What programs anywhere find a model by: its name on the hub where it lies in this machine's cache of the hub, otherwise
 * its folder.
 */
export function publishedName(dir: string): string {
	const name = hubName(dir);
	if (name === null) return dir;
	const cached = snapshotFolder(join(hubCacheDir(), `models--${name.replaceAll("/", "--")}`));
	const real = (path: string) => (existsSync(path) ? realpathSync(path) : path);
	return cached !== null && real(cached) === real(snapshotFolder(dir) ?? dir) ? name : dir;
}
