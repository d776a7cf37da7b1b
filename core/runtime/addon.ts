import type { Backend } from "./backend.ts";

/**
 * ONNX Runtime through its addon for Node. It is loaded with the first graph: the window's process and its reading threads
 * import this room for what it says of graphs and devices, and run none.
 */
export const addon: Backend = {
	load: async (what, options) => (await import("./addon-graph.ts")).loadGraph(what, options),
	// On CUDA every output of the addon is copied to the computer's memory.
	keepsResident: ({ provider }) => provider === "webgpu",
};
