import type { Device } from "../contract/provider.ts";
import { addon } from "./addon.ts";
import type { Backend } from "./backend.ts";
import { deviceInUse } from "./device.ts";

/** What loads and runs graphs on a device. */
export function backendFor(_: Device): Backend {
	return addon;
}

/** Whether sessions can leave outputs on the device, to be fed from there. */
export const keepsResident = (device: Device = deviceInUse()) => backendFor(device).keepsResident(device);
