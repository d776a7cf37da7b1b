import { arch, availableParallelism, cpus, platform } from "node:os";
import type { ApiHandlers } from "../../contract/api.ts";
import type { Device } from "../../contract/api-app.ts";
import { AppError } from "../../contract/errors.ts";
import { PROVIDER_LABELS, type Provider } from "../../contract/provider.ts";
import { compareProvider } from "../../engine/parity.ts";
import { probe } from "../../engine/probe.ts";
import { providersOf } from "../../runtime/providers.ts";
import type { AppContext } from "../context.ts";
import { cpuName } from "./cpu-name.ts";
import { memoryLimit } from "./memory.ts";

/** The execution providers of this machine, and what trying them has shown. */
export class Devices {
	readonly #context: AppContext;
	readonly #devices = new Map<Provider, Device>();

	constructor(context: AppContext) {
		this.#context = context;
		for (const provider of providersOf(platform(), arch())) this.#devices.set(provider, untested(provider));
	}

	list(): Device[] {
		const { inUse } = this;
		return [...this.#devices.values()].map((device) => ({ ...device, inUse: device.provider === inUse }));
	}

	/** The provider that a run started now would compute with, as far as tests have shown. */
	get inUse(): Provider {
		const { provider } = this.#context.settings();
		if (provider !== "auto") return provider;
		return this.#devices.get("cuda")?.state === "works" ? "cuda" : "cpu";
	}

	/** Tries one provider, or all, in the background. Throws `usage` for one that this platform cannot have. */
	test(provider: Provider | null): void {
		const chosen = provider === null ? [...this.#devices.keys()] : [provider];
		for (const name of chosen) {
			const device = this.#device(name);
			if (device.state !== "testing") void this.#try(device);
		}
	}

	/** Compares a provider with the CPU in the background. Throws `usage` for one that this platform cannot have. */
	compare(provider: Provider): void {
		if (!this.#device(provider).comparing) void this.#compare(provider);
	}

	async #compare(provider: Provider): Promise<void> {
		// A test may end meanwhile, so each change starts from what is known then.
		const change = (more: Partial<Device>) => this.#put({ ...this.#device(provider), ...more });
		change({ comparing: true, parity: null, parityError: null });
		try {
			const { threads } = this.#context.settings();
			const report = await compareProvider(provider, { threads, ...this.#context.engine });
			if ("error" in report) change({ comparing: false, parityError: report.error });
			else change({ comparing: false, parity: report });
		} catch (error) {
			const parityError = error instanceof Error ? error.message : String(error);
			change({ comparing: false, parityError });
		}
	}

	#device(name: Provider): Device {
		const device = this.#devices.get(name);
		if (device !== undefined) return device;
		throw new AppError({
			code: "usage",
			message: `There is no execution provider ${name} on this platform.`,
			hint: `Providers here: ${[...this.#devices.keys()].join(", ")}.`,
		});
	}

	async #try(device: Device): Promise<void> {
		this.#put({ ...this.#device(device.provider), state: "testing" });
		const nothing = { elapsedMs: null, reason: null, remedy: null, details: null };
		try {
			const report = await probe(device.provider, this.#context.engine);
			if (report.works) {
				const { elapsedMs } = report;
				this.#put({ ...this.#device(device.provider), ...nothing, state: "works", elapsedMs });
				return;
			}
			const { reason, remedy, details } = report;
			this.#put({ ...this.#device(device.provider), ...nothing, state: "missing", reason, remedy, details });
		} catch (error) {
			// A bug in the probe says nothing about the device, but must not be silent either.
			const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
			const reason = "the test itself broke off";
			this.#put({ ...this.#device(device.provider), ...nothing, state: "missing", reason, details });
		}
	}

	#put(device: Device): void {
		this.#devices.set(device.provider, device);
		this.#context.hub.changed("devices");
	}
}

export function createDeviceHandlers(
	devices: Devices,
): Pick<ApiHandlers, "devices.list" | "devices.test" | "devices.compare"> {
	return {
		"devices.list": async () => ({ devices: devices.list() }),
		"devices.test": async ({ provider }) => {
			devices.test(provider);
			return {};
		},
		"devices.compare": async ({ provider }) => {
			devices.compare(provider);
			return {};
		},
	};
}

function untested(provider: Provider): Device {
	return {
		provider,
		label: PROVIDER_LABELS[provider],
		hardware: provider === "cpu" ? cpuHardware() : null,
		state: "untested",
		inUse: false,
		elapsedMs: null,
		reason: null,
		remedy: null,
		details: null,
		comparing: false,
		parity: null,
		parityError: null,
	};
}

function cpuHardware(): string {
	const cores = availableParallelism();
	const memory = Math.round(memoryLimit() / 1e9);
	const model = cpuName(cpus()[0]?.model ?? "");
	return `${model ? `${model}, ` : ""}${cores} core${cores === 1 ? "" : "s"}, ${memory} GB`;
}
