import type { Device, Provider } from "../contract/provider.ts";
import { type Lowering, lowerToStandard, widenBf16 } from "../graph/lower.ts";

let device: Device = { provider: "cpu" };

/**
 * Sets what every later session of this process computes with. An engine process does one job on one device, so the
 * choice is made once at its start and not handed through every layer between.
 */
export function setDevice(chosen: Device): void {
	device = chosen;
}

export function deviceInUse(): Device {
	return device;
}

/** Execution providers in ONNX Runtime's form; what the first cannot take falls to the CPU. */
export function executionProviders({ provider, deviceId }: Device): { name: string; deviceId?: number }[] {
	const first = deviceId === undefined ? { name: provider } : { name: provider, deviceId };
	return provider === "cpu" ? [{ name: provider }] : [first, { name: "cpu" }];
}

/** Providers with kernels for every op that our graphs are built of, as they are. */
const COMPLETE: ReadonlySet<Provider> = new Set(["cpu", "cuda", "tensorrt"]);

/** Whether a Loop's state stays where it is computed; on other providers it passes through the computer's memory at every step. */
export const loopsOnDevice = ({ provider }: Device) => COMPLETE.has(provider);

export function loweringFor({ provider }: Device): Lowering | null {
	if (provider === "cpu") return widenBf16;
	return COMPLETE.has(provider) ? null : lowerToStandard;
}

/** Whether graphs with bfloat16 products run: where there are kernels for them, and on the CPU in float32. */
export const computesBf16 = ({ provider }: Device) => COMPLETE.has(provider);
