import { join } from "node:path";
import type { Loadable, LoadOptions } from "./backend.ts";
import { executionProviders } from "./device.ts";

/** How ONNX Runtime is to load and run a graph, whichever way it is reached. */
export interface SessionSettings {
	/** In order of preference. */
	readonly providers: readonly { readonly name: string; readonly deviceId?: number }[];
	readonly threads: number;
	readonly optimization: "all" | "basic" | "disabled";
	readonly cpuArena: boolean;
	readonly memoryPattern: boolean;
	/** What is logged: 3 is errors. */
	readonly logSeverity: number;
	/** ONNX Runtime's own entries by key. */
	readonly entries: Readonly<Record<string, string>>;
	/** How the file of the profile begins; null makes none. */
	readonly profilePrefix: string | null;
}

let profileCount = 0;

export function settingsOf({ model, mappedFrom }: Loadable, options: LoadOptions): SessionSettings {
	const { device, threads = 0, profileDir } = options;
	// On a CPU nothing past "basic" finds anything in graphs of our own, and looking for it takes a third of a session's making.
	const own = device.provider === "cpu" && typeof model !== "string";
	const { optimization = own ? "basic" : "all" } = options;
	return {
		providers: executionProviders(device),
		threads,
		optimization,
		cpuArena: true,
		// Measured: with the pattern on, peak memory nearly doubles and nothing is faster.
		memoryPattern: false,
		logSeverity: 3,
		entries:
			mappedFrom === null
				? {}
				: {
						"session.model_external_initializers_file_folder_path": mappedFrom,
						// Packing would copy what is mapped.
						"session.disable_prepacking": "1",
					},
		// Each session of a process writes a file of its own.
		profilePrefix: profileDir === undefined ? null : join(profileDir, `session-${profileCount++}`),
	};
}
