/** A room of `core/` and what its product code may import. `zod` and Node's own modules are judged separately. */
export interface RoomRule {
	/** Other rooms. The table must have no cycle: it is the order in which the engine is built up. */
	rooms: readonly string[];
	/** Packages by name. */
	packages?: readonly string[];
	/** Pure rooms compute only: no files, no processes, no clock of Node's. */
	pure?: true;
}

const MODEL = ["contract", "graph", "models", "store", "tokenizers"];
const GENERATION = [...MODEL, "runtime", "export", "datasets", "grading"];

export const ROOMS: Readonly<Record<string, RoomRule>> = {
	contract: { rooms: [], packages: ["zod"], pure: true },
	graph: { rooms: ["contract"], packages: ["protobufjs"], pure: true },
	autodiff: { rooms: ["contract", "graph"], pure: true },
	losses: { rooms: ["contract", "graph"], pure: true },
	store: { rooms: ["contract"], packages: ["zod"] },
	grading: { rooms: ["contract"], pure: true },
	tokenizers: {
		rooms: ["contract", "store"],
		packages: ["zod", "@huggingface/tokenizers", "@huggingface/jinja"],
	},
	datasets: {
		rooms: ["contract", "tokenizers"],
		packages: ["zod", "hyparquet", "hyparquet-compressors", "papaparse"],
	},
	models: { rooms: ["contract", "graph", "store"], packages: ["zod"] },
	runtime: { rooms: ["contract", "graph"], packages: ["onnxruntime-node", "zod"] },
	export: { rooms: ["contract", "graph", "models", "runtime", "store", "tokenizers"], packages: ["zod"] },
	sampling: { rooms: GENERATION, packages: ["zod"] },
	training: { rooms: [...GENERATION, "sampling", "autodiff", "losses"], packages: ["zod"] },
	evaluation: { rooms: [...GENERATION, "sampling", "losses", "training"], packages: ["zod"] },
	preparing: { rooms: ["contract", "datasets", "grading", "sampling", "store"] },
	engine: { rooms: [...GENERATION, "sampling", "evaluation", "training", "preparing"], packages: ["zod"] },
	sweeps: { rooms: ["contract", "engine", "store", "training"], packages: ["zod"] },
	reproduce: { rooms: ["contract", "datasets", "engine", "losses", "store"], packages: ["zod"] },
	app: {
		rooms: [...GENERATION, "sampling", "training", "losses", "evaluation", "engine", "sweeps"],
		packages: ["zod"],
	},
	server: { rooms: ["app", "contract", "store"], packages: ["zod", "ws"] },
	cli: {
		rooms: [
			"app",
			"contract",
			"datasets",
			"engine",
			"evaluation",
			"export",
			"grading",
			"reproduce",
			"runtime",
			"server",
			"store",
			"sweeps",
		],
		packages: ["zod"],
	},
};
