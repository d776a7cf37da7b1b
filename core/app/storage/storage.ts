import type { Dirent } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ApiOutput } from "../../contract/api.ts";
import { AppError } from "../../contract/errors.ts";
import { freeBytes } from "../../store/files.ts";

type Usage = ApiOutput<"storage.usage">;
type Part = Usage["parts"][number];

/** Folders that training fills with what it can compute again: reference log-probs beside runs, weights inside. */
const CACHES = new Set([".cache", "cache"]);

/** What lies in the data folder, part by part; caches are counted apart. */
export async function storageUsage(dataDir: string): Promise<Usage> {
	const cache = { bytes: 0 };
	const part = async (what: Exclude<Part["what"], "cache">): Promise<Part> => {
		const path = join(dataDir, what);
		const top = await entriesOf(path);
		const count = top.filter(({ name }) => !name.startsWith(".")).length;
		const { own, cached } = await sizeOf(path);
		cache.bytes += cached;
		return { what, path, bytes: own, count };
	};
	const parts: Part[] = [];
	for (const what of ["runs", "sweeps", "imports", "generated", "exports", "adapters"] as const)
		parts.push(await part(what));
	const general = join(dataDir, "cache");
	const { own, cached } = await sizeOf(general);
	const cacheDirs = await cacheFolders(dataDir);
	parts.push({
		what: "cache",
		path: general,
		bytes: cache.bytes + own + cached,
		count: cacheDirs.length,
	});
	return { dir: dataDir, parts, freeBytes: freeBytes(dataDir) };
}

/** Deletes what training can compute again. Throws `usage` while something is `atWork`. Gives back the bytes freed. */
export async function cleanCache(dataDir: string, atWork: () => boolean): Promise<number> {
	let freed = 0;
	for (const dir of await cacheFolders(dataDir)) {
		// Asked before each, because a run may have begun meanwhile.
		if (atWork()) {
			throw new AppError({
				code: "usage",
				message: "Something is at work and may need what is cached.",
				hint: "Wait until it has ended, or stop it.",
			});
		}
		const { own, cached } = await sizeOf(dir);
		await rm(dir, { recursive: true, force: true });
		freed += own + cached;
	}
	return freed;
}

/** Copies of models' weights, and caches of runs and of sweeps' runs. The index of the data sets stays: their screens live on it. */
async function cacheFolders(dataDir: string): Promise<string[]> {
	const sweeps = (await entriesOf(join(dataDir, "sweeps"))).map(({ name }) =>
		join(dataDir, "sweeps", name, "trials"),
	);
	const weights = join(dataDir, "cache", "weights");
	const found = (await entriesOf(weights)).length > 0 ? [weights] : [];
	for (const root of [join(dataDir, "runs"), ...sweeps]) {
		for (const { name } of await entriesOf(root)) {
			if (name === ".cache") found.push(join(root, name));
			else if ((await entriesOf(join(root, name, "cache"))).length > 0) found.push(join(root, name, "cache"));
		}
	}
	return found;
}

/** Bytes below a folder: its own, and those in caches. What vanishes meanwhile counts as nothing; links are not followed. */
async function sizeOf(dir: string): Promise<{ own: number; cached: number }> {
	const sum = { own: 0, cached: 0 };
	for (const entry of await entriesOf(dir)) {
		const path = join(dir, entry.name);
		if (entry.isDirectory()) {
			const { own, cached } = await sizeOf(path);
			if (CACHES.has(entry.name)) sum.cached += own + cached;
			else {
				sum.own += own;
				sum.cached += cached;
			}
		} else if (entry.isFile()) {
			sum.own += (await stat(path).catch(() => null))?.size ?? 0;
		}
	}
	return sum;
}

async function entriesOf(dir: string): Promise<Dirent[]> {
	return readdir(dir, { withFileTypes: true }).catch(() => []);
}
