import { pathToFileURL } from "node:url";
import type { Device, Provider } from "../contract/provider.ts";
import { setNative } from "../runtime/backends.ts";
import { hasKoffi } from "../runtime/native/koffi.ts";
import { type ProviderReport, probe } from "./probe.ts";
import type { StartOptions } from "./supervisor.ts";

/** Whether sessions on a device reach ONNX Runtime through its C interface, and a sentence that says why. */
export interface NativeReport {
	readonly on: boolean;
	readonly why: string;
}

type Probe = (device: Device) => Promise<ProviderReport>;

/**
 * Decides whether a device is reached through the C interface: where it gains something or was asked for, the package that
 * it needs is there, and a test in a process of its own has passed. `DQO_NATIVE` is 1 to ask for it on the CPU, 0 to forbid it.
 */
export async function nativeFor(
	device: Device,
	tryOut: Probe,
	{ wish = process.env.DQO_NATIVE, koffi }: { wish?: string | undefined; koffi?: boolean } = {},
): Promise<NativeReport> {
	const off = (why: string): NativeReport => ({ on: false, why });
	const { provider } = device;
	if (provider !== "cuda" && provider !== "cpu") return off(`it does not serve ${provider}`);
	if (wish === "0") return off("DQO_NATIVE=0 turns it off");
	// There it is not faster.
	if (provider === "cpu" && wish !== "1") return off("only DQO_NATIVE=1 turns it on");
	// Asked last: looking for it loads it, and most processes compute on the CPU.
	if (!(koffi ?? hasKoffi())) return off("the optional package koffi is not installed");
	const report = await tryOut(device);
	if (!report.works) return off(`its test failed: ${report.reason}`);
	return { on: true, why: `its test took ${Math.round(report.elapsedMs)} ms` };
}

/**
 * Has this engine process use the C interface for a device where `nativeFor` says so. Gives a sentence for the log; null
 * where it was not in question.
 */
export async function settleNative(device: Device): Promise<string | null> {
	const start = { host: ownHost() };
	const { on, why } = await nativeFor(device, (one) => probeNative(one, start));
	setNative(device.provider, on);
	if (on) return `Reaches ONNX Runtime through its C interface; ${why}.`;
	const inQuestion: readonly Provider[] = process.env.DQO_NATIVE === "1" ? ["cpu", "cuda"] : ["cuda"];
	return inQuestion.includes(device.provider)
		? `Reaches ONNX Runtime through its addon, not its C interface: ${why}.`
		: null;
}

/** The module that this very engine process runs: it also runs probes. */
export const ownHost = (): URL => pathToFileURL(process.argv[1] as string);

/** The test of the C interface on a device, in a process of its own. */
export const probeNative = ({ provider, deviceId }: Device, start: Pick<StartOptions, "host"> = {}) =>
	probe(provider, start, { native: true, deviceId });
