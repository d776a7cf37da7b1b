import { readFileSync } from "node:fs";

/** Below this nothing is mapped that would be counted twice, see `MAPPED_BYTES`. */
const PLAIN_BYTES = 2 ** 30;

/**
 * Memory of this process, bytes. Where sessions map one file of weights its pages are counted once (proportional set size, Linux);
 * elsewhere, and while the process is small, the resident set.
 */
export function residentBytes(): number {
	const resident = process.memoryUsage.rss();
	if (resident < PLAIN_BYTES || process.platform !== "linux") return resident;
	try {
		const kibibytes = /^Pss:\s*(\d+)/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8"))?.[1];
		return kibibytes === undefined ? resident : 1024 * Number(kibibytes);
	} catch {
		return resident;
	}
}
