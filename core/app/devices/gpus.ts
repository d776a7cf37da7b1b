import type { ProviderChoice } from "../../contract/provider.ts";
import { computesOnGpus, type DeviceSlots, gpuSlots } from "../../engine/device-slots.ts";
import type { AppContext } from "../context.ts";

/** The GPUs of this computer, shared out among all that the app trains: runs of their own and runs of sweeps. */
export class Gpus {
	readonly #context: AppContext;
	#slots: Promise<DeviceSlots> | null = null;
	#automatic: Promise<boolean> | null = null;

	constructor(context: AppContext) {
		this.#context = context;
	}

	/** Null where such jobs compute on something else. */
	async slotsOf(providers: readonly ProviderChoice[]): Promise<DeviceSlots | null> {
		const onGpus = providers.every((provider) => provider === "auto")
			? await this.#automaticOnGpus()
			: await computesOnGpus(providers, this.#context.engine);
		if (!onGpus) return null;
		this.#slots ??= gpuSlots();
		return this.#slots;
	}

	/** Tried once; where CUDA did not work it is tried again, since a driver may have been mended meanwhile. */
	async #automaticOnGpus(): Promise<boolean> {
		this.#automatic ??= computesOnGpus(["auto"], this.#context.engine);
		const works = await this.#automatic;
		if (!works) this.#automatic = null;
		return works;
	}
}
