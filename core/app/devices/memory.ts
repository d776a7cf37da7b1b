import { readFile } from "node:fs/promises";
import { freemem, totalmem } from "node:os";

/** Bytes that this program may use: the machine's memory, or less where a container limits it. */
export function memoryLimit(): number {
	const constrained = process.constrainedMemory();
	return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}

/** Bytes in use on this machine; memory that only caches files counts as free where the system tells. */
export async function memoryUsed(): Promise<number> {
	const available = await kilobytesIn("/proc/meminfo", "MemAvailable");
	return totalmem() - (available ?? freemem());
}

/** Resident bytes of processes; null where the system does not tell. Processes that are gone count as nothing. */
export async function residentBytes(pids: readonly number[]): Promise<number | null> {
	if (process.platform !== "linux") return null;
	const sizes = await Promise.all(pids.map((pid) => kilobytesIn(`/proc/${pid}/status`, "VmRSS")));
	return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** A line such as `MemAvailable:   123 kB` of a file under /proc, in bytes. */
async function kilobytesIn(path: string, name: string): Promise<number | null> {
	const text = await readFile(path, "utf8").catch(() => "");
	const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text);
	return found === null ? null : Number(found[1]) * 1024;
}
