import type { ProviderChoice } from "../contract/provider.ts";
import { nvidiaGpus } from "../runtime/cuda/machine.ts";
import { settleCompute } from "./compute.ts";
import { probe } from "./probe.ts";
import type { StartOptions } from "./supervisor.ts";

/** Gives each process a GPU of its own: one that is taken is given to nobody else until it is freed. */
export class DeviceSlots {
	readonly #free: number[];
	readonly #waiting: ((id: number) => void)[] = [];
	readonly size: number;

	/** `ids` are GPUs as the driver counts them, such as `[0, 1]`. */
	constructor(ids: readonly number[]) {
		this.#free = [...new Set(ids)];
		this.size = this.#free.length;
	}

	get free(): number {
		return this.#free.length;
	}

	/**
	 * Takes a free GPU, or waits for one in the order of asking; null where `signal` ends the waiting. Release it once the
	 * process that has it is gone.
	 */
	take(signal?: AbortSignal): Promise<number | null> {
		const id = this.#free.shift();
		if (id !== undefined) return Promise.resolve(id);
		if (signal?.aborted) return Promise.resolve(null);
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
			signal?.addEventListener("abort", () => {
				const at = this.#waiting.indexOf(resolve);
				if (at === -1) return;
				this.#waiting.splice(at, 1);
				resolve(null);
			});
		});
	}

	release(id: number): void {
		const next = this.#waiting.shift();
		if (next) next(id);
		else this.#free.push(id);
	}
}

/**
 * The GPUs that jobs with these providers are spread over: all that the driver counts, one where it does not tell, null
 * where they compute on something that is not numbered, such as the CPU.
 */
export async function slotsOfMachine(
	providers: readonly ProviderChoice[],
	start: Pick<StartOptions, "host" | "env"> = {},
): Promise<DeviceSlots | null> {
	return (await computesOnGpus(providers, start)) ? gpuSlots() : null;
}

/** Whether a job with one of these providers computes on a GPU that is numbered; where one is `auto`, CUDA is tried. */
export async function computesOnGpus(
	providers: readonly ProviderChoice[],
	start: Pick<StartOptions, "host" | "env">,
): Promise<boolean> {
	if (providers.some((provider) => provider === "cuda" || provider === "tensorrt")) return true;
	if (!providers.includes("auto")) return false;
	const { device } = await settleCompute({ provider: "auto" }, (provider) => probe(provider, start));
	return device.provider === "cuda";
}

/** All GPUs that the driver counts, one where it does not tell. */
export async function gpuSlots(): Promise<DeviceSlots> {
	const count = Math.max(1, (await nvidiaGpus()).length);
	return new DeviceSlots(Array.from({ length: count }, (_, id) => id));
}
