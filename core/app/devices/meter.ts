import { cpus, hostname } from "node:os";
import type { Meter } from "../../contract/api-app.ts";
import type { Provider } from "../../contract/provider.ts";
import { cpuName } from "./cpu-name.ts";
import { memoryLimit, memoryUsed, residentBytes } from "./memory.ts";

/** Times closer together than this say little about the load. */
const LEAST_MS = 200;

interface Times {
	readonly at: number;
	readonly busy: number;
	readonly all: number;
}

/** Measures the load of this computer between one question and the next. */
export class LoadMeter {
	#last = cpuTimes();
	#busyPercent: number | null = null;

	/** `engine` names the engine processes, and what they said of their own memory where the system does not tell. */
	async read(engine: { pids: readonly number[]; knownBytes: number }, provider: Provider): Promise<Meter> {
		const now = cpuTimes();
		if (now.at - this.#last.at >= LEAST_MS && now.all > this.#last.all) {
			const share = (now.busy - this.#last.busy) / (now.all - this.#last.all);
			this.#busyPercent = 100 * Math.max(0, share);
			this.#last = now;
		}
		const memoryTotalBytes = memoryLimit();
		return {
			// What a GPU is called the runtime does not tell.
			device: (provider === "cpu" && cpuName(cpus()[0]?.model ?? "")) || hostname(),
			provider,
			memoryUsedBytes: Math.min(memoryTotalBytes, Math.max(0, await memoryUsed())),
			memoryTotalBytes,
			busyPercent: this.#busyPercent,
			engineBytes: (await residentBytes(engine.pids)) ?? engine.knownBytes,
		};
	}
}

/** Milliseconds that all cores together were busy, and that went by. */
function cpuTimes(): Times {
	let [busy, all] = [0, 0];
	for (const { times } of cpus()) {
		const { user, nice, sys, irq, idle } = times;
		busy += user + nice + sys + irq;
		all += user + nice + sys + irq + idle;
	}
	return { at: performance.now(), busy, all };
}
