import type { ProviderChoice } from "../../contract/provider.ts";
import { type DeviceSlots, slotsOfMachine } from "../../engine/device-slots.ts";
import type { AppContext } from "../context.ts";

/** The GPUs of this computer, shared out among all that the app trains: runs of their own and runs of sweeps. */
export class Gpus {
	readonly #context: AppContext;
	#slots: DeviceSlots | null = null;

	constructor(context: AppContext) {
		this.#context = context;
	}

	/** Null where such jobs compute on something else. */
	async slotsOf(providers: readonly ProviderChoice[]): Promise<DeviceSlots | null> {
		const found = await slotsOfMachine(providers, this.#context.engine);
		if (found === null) return null;
		this.#slots ??= found;
		return this.#slots;
	}
}
