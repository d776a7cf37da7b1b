import { addon } from "../addon.ts";
import type { Backend, Loadable, Loaded, LoadOptions } from "../backend.ts";
import { type Feed, type HostTensor, isResident, ResidentTensor } from "../tensors.ts";

/**
 * A device for tests: the CPU computes, and what stays is behind handles that count. A tensor that is fed after its
 * release, or released twice, is an error, as it would end the process on a GPU.
 */
export class CountingBackend implements Backend {
	/** Tensors not yet released. */
	readonly live = new Set<ResidentTensor>();
	/** Tensors that were left on the device so far. */
	made = 0;
	/** Refuses every run once so many more were made. */
	runsLeft = Number.POSITIVE_INFINITY;

	keepsResident(): boolean {
		return true;
	}

	async load(what: Loadable, { resident = [], ...options }: LoadOptions): Promise<Loaded> {
		const loaded = await addon.load(what, { ...options, device: { provider: "cpu" } });
		return {
			inputNames: loaded.inputNames,
			outputNames: loaded.outputNames,
			endProfiling: () => loaded.endProfiling(),
			release: () => loaded.release(),
			run: async (feeds, fetches) => {
				if (this.runsLeft-- <= 0) throw new Error("the device was lost");
				const inputs = new Map([...feeds].map(([name, feed]) => [name, hostOf(feed)]));
				const outputs = await loaded.run(inputs, fetches);
				return new Map(
					[...outputs].map(([name, output]) => [name, resident.includes(name) ? this.held(output) : output]),
				);
			},
		};
	}

	private held(output: Feed): Feed {
		const tensor = new Held(hostOf(output), this.live);
		this.live.add(tensor);
		this.made++;
		return tensor;
	}
}

class Held extends ResidentTensor {
	readonly host: HostTensor;
	private readonly live: Set<ResidentTensor>;

	constructor(host: HostTensor, live: Set<ResidentTensor>) {
		super();
		this.host = host;
		this.live = live;
	}

	get shape(): readonly number[] {
		return this.host.shape;
	}

	release(): void {
		if (!this.live.delete(this)) throw new Error("released twice");
	}

	read(): HostTensor {
		if (!this.live.has(this)) throw new Error("fed after its release");
		return this.host;
	}
}

const hostOf = (feed: Feed): HostTensor => (isResident(feed) ? (feed as Held).read() : feed);
