import type { Device, Provider } from "../contract/provider.ts";
import { addon } from "./addon.ts";
import type { Backend } from "./backend.ts";
import { native } from "./native/native.ts";

const throughC = new Set<Provider>();

/** Has later sessions on a provider reach ONNX Runtime through its C interface, or through the addon again. */
export function setNative(provider: Provider, on: boolean): void {
	if (on) throughC.add(provider);
	else throughC.delete(provider);
}

/** What loads and runs graphs on a device. */
export function backendFor({ provider }: Device): Backend {
	return throughC.has(provider) ? native : addon;
}
