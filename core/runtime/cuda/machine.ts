import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 15_000;

/** NVIDIA GPUs by name, as the driver counts them; empty without one, or without its `nvidia-smi`. */
export async function nvidiaGpus(): Promise<string[]> {
	const listing = await output("nvidia-smi", ["-L"]);
	return parseGpuList(listing ?? "");
}

/** Lines such as `GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-...)`. */
export function parseGpuList(listing: string): string[] {
	return [...listing.matchAll(/^GPU \d+: (.*?)(?: \(UUID: [^)]*\))?$/gm)].map((match) => match[1] as string);
}

/** Whether the system's loader would find a shared library. */
export async function findsLibrary(name: string): Promise<boolean> {
	const folders = (process.env.LD_LIBRARY_PATH ?? "").split(delimiter).filter(Boolean);
	if (folders.some((folder) => existsSync(join(folder, name)))) return true;
	// Where ldconfig is in no user's PATH it lies in /sbin.
	const listing = (await output("ldconfig", ["-p"])) ?? (await output("/sbin/ldconfig", ["-p"])) ?? "";
	return listing.includes(`${name} `);
}

/** Shared libraries that a library wants and the loader does not find, such as `libcublas.so.12`. */
export async function missingLibraries(path: string): Promise<string[]> {
	const listing = (await output("ldd", [path])) ?? "";
	return [...listing.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] as string);
}

/** Standard output of a program; null where it cannot be run. */
async function output(program: string, args: string[]): Promise<string | null> {
	try {
		return (await run(program, args, { timeout: TIMEOUT_MS, encoding: "utf8" })).stdout;
	} catch {
		return null;
	}
}
