import type { ExportDtype, ExportFormatId } from "../core/contract/exports.ts";
import type { Provider } from "../core/contract/provider.ts";

/**
 * One thing to measure, in the field names of the PyTorch peer (`tools/reference/bench_peer.py`), so that both sides
 * read the same object.
 */
export interface Spec {
	/** `train-*`: cross-entropy at all positions of whole sequences. `train-dqo-*`: policy and value networks. */
	readonly mode: "train-full" | "train-lora" | "train-dqo-full" | "train-dqo-lora" | "generate" | "export";
	readonly hidden: number;
	readonly layers: number;
	readonly heads: number;
	readonly kvHeads: number;
	readonly intermediate: number;
	readonly vocab: number;
	readonly loraRank: number;
	readonly threads: number;
	/** Whole sequences, or rows of generation. */
	readonly batch: number;
	readonly seq: number;
	/** DQO and generation: responses of one prompt, and whether its computation is shared between them. */
	readonly groups: number;
	readonly samplesPerPrompt: number;
	readonly sharedPrompt: boolean;
	readonly promptLen: number;
	readonly responseLen: number;
	readonly newTokens: number;
	readonly sampling: "greedy" | "sample";
	readonly topK: number;
	/** What computes; the CPU unless given. PyTorch takes the GPU where this is `cuda`. */
	readonly device?: Provider;
	/** The output layer is the embedding, and frozen weights are held once by policy and value network. */
	readonly tied?: boolean;
	/** What an export writes; our side and a plain copy of the same files alone know it. */
	readonly export?: { readonly format: ExportFormatId; readonly dtype: ExportDtype };
}

type Size = Pick<
	Spec,
	"hidden" | "layers" | "heads" | "kvHeads" | "intermediate" | "vocab" | "batch" | "seq"
>;

const SMALL: Size = {
	hidden: 256,
	layers: 6,
	heads: 4,
	kvHeads: 2,
	intermediate: 688,
	vocab: 512,
	batch: 16,
	seq: 128,
};
const LARGE: Size = {
	hidden: 512,
	layers: 8,
	heads: 8,
	kvHeads: 4,
	intermediate: 1376,
	vocab: 512,
	batch: 8,
	seq: 512,
};
const TINY: Size = {
	hidden: 32,
	layers: 2,
	heads: 2,
	kvHeads: 1,
	intermediate: 48,
	vocab: 64,
	batch: 2,
	seq: 16,
};

/** Qwen2-0.5B's. */
const HALF_B: Size = {
	hidden: 896,
	layers: 24,
	heads: 14,
	kvHeads: 2,
	intermediate: 4864,
	vocab: 151_936,
	batch: 4,
	seq: 160,
};

/** `native` is ours through ONNX Runtime's C interface, `copy` copies the files that ours writes. */
export type Who = "ours" | "native" | "peer" | "gemm" | "copy";

/** Sides that take turns. `own` is ours, `shared` ours with shared prompts, and so on. */
export interface Case {
	readonly name: string;
	readonly kind: "train" | "dqo" | "generate" | "export";
	readonly sides: Readonly<Record<string, { who: Who; spec: Spec }>>;
	/** What the ratio of two sides should reach: time of the second over time of the first. */
	readonly aims: readonly Aim[];
}

export interface Aim {
	/** `cpu`: time of the processor instead of the clock's, which says more on a busy machine. Our sides alone tell it. */
	readonly what: "speed" | "memory" | "cpu";
	readonly of: string;
	readonly against: string;
	/** Speed: at least. Memory: at most. */
	readonly bound: number | null;
}

const EXPORTS = [
	["hf", "F32"],
	["hf", "BF16"],
	["gguf", "F32"],
	["gguf", "F16"],
	["gguf", "Q8_0"],
	["onnx", "F32"],
	["onnx", "INT8"],
] as const satisfies readonly [ExportFormatId, ExportDtype][];

/** The cases of a 0.5B model: minutes each, 5 GB for each side. */
export function heavyCases(threads: number): Case[] {
	const base: Spec = {
		...HALF_B,
		...{ mode: "train-dqo-lora", tied: true, loraRank: 16, threads, groups: 1, samplesPerPrompt: 4 },
		...{ sharedPrompt: true, promptLen: 60, responseLen: 100, newTokens: 24, sampling: "sample", topK: 16 },
	};
	const aims = (["speed", "memory"] as const).map((what) => ({
		...{ what, of: "ours", against: "peer", bound: null },
	}));
	const sides = (spec: Spec) => ({ ours: { who: "ours", spec }, peer: { who: "peer", spec } }) as const;
	return [
		{ name: "0.5B DQO lora", kind: "dqo", sides: sides(base), aims },
		{ name: "0.5B generate", kind: "generate", sides: sides({ ...base, mode: "generate" }), aims },
	];
}

/** Every case, `quick` with models so small that only the plumbing is measured. */
export function casesOf(quick: boolean, threads: number): Case[] {
	const base = {
		loraRank: 8,
		threads,
		groups: 4,
		samplesPerPrompt: 8,
		sharedPrompt: false,
		promptLen: 64,
		responseLen: 64,
		newTokens: 128,
		sampling: "sample",
		topK: 16,
	} as const;
	const sizes = quick ? { tiny: TINY } : { small: SMALL, large: LARGE };
	const cases: Case[] = [];
	for (const [size, shape] of Object.entries(sizes)) {
		for (const form of ["full", "lora"] as const) {
			const spec: Spec = { ...base, ...shape, mode: `train-${form}` };
			cases.push({
				name: `train ${form} ${size}`,
				kind: "train",
				sides: { ours: { who: "ours", spec }, peer: { who: "peer", spec }, gemm: { who: "gemm", spec } },
				aims: [
					{ what: "speed", of: "ours", against: "peer", bound: form === "full" ? 1 : 1.3 },
					{ what: "memory", of: "ours", against: "peer", bound: 0.7 },
				],
			});
		}
	}
	for (const [size, shape] of Object.entries(sizes)) {
		for (const form of ["full", "lora"] as const) {
			// Prompt and response of equal length, 8 responses a prompt: 2304 tokens shared, 4096 unshared in both sizes.
			const groups = size === "large" ? { groups: 1, promptLen: 256, responseLen: 256 } : {};
			const spec: Spec = { ...base, ...shape, ...groups, mode: `train-dqo-${form}` };
			const shared: Spec = { ...spec, sharedPrompt: true };
			cases.push({
				name: `DQO ${form} ${size}`,
				kind: "dqo",
				sides: {
					shared: { who: "ours", spec: shared },
					unshared: { who: "ours", spec },
					"peer shared": { who: "peer", spec: shared },
					"peer unshared": { who: "peer", spec },
				},
				aims: [
					{ what: "speed", of: "shared", against: "unshared", bound: 1.6 },
					{ what: "speed", of: "unshared", against: "peer unshared", bound: form === "full" ? 1 : 1.3 },
					{ what: "speed", of: "shared", against: "peer shared", bound: null },
					{ what: "memory", of: "shared", against: "peer shared", bound: 0.7 },
				],
			});
		}
	}
	const shape = quick ? TINY : SMALL;
	const tokens = quick ? { promptLen: 8, newTokens: 8 } : {};
	const plain: Spec = { ...base, ...shape, ...tokens, batch: quick ? 4 : 32, mode: "generate" };
	const samples = quick ? { batch: 4, samplesPerPrompt: 2 } : { batch: 160, samplesPerPrompt: 20 };
	const many: Spec = { ...plain, ...samples, sharedPrompt: true };
	for (const [name, spec, bound] of [
		[`generate ${plain.batch} x 1`, { ...plain, samplesPerPrompt: 1 }, 4],
		[`generate ${many.batch / many.samplesPerPrompt} x ${many.samplesPerPrompt}`, many, 6],
	] as const) {
		cases.push({
			name,
			kind: "generate",
			sides: { ours: { who: "ours", spec }, peer: { who: "peer", spec } },
			aims: [
				{ what: "speed", of: "ours", against: "peer", bound },
				{ what: "memory", of: "ours", against: "peer", bound: null },
			],
		});
	}
	for (const [format, dtype] of EXPORTS) {
		const spec: Spec = { ...base, ...(quick ? TINY : LARGE), mode: "export", export: { format, dtype } };
		cases.push({
			name: `export ${format} ${dtype}`,
			kind: "export",
			sides: { ours: { who: "ours", spec }, copy: { who: "copy", spec } },
			aims: [{ what: "speed", of: "ours", against: "copy", bound: null }],
		});
	}
	if (!quick) return cases;
	// Nothing that a tiny model does says anything about a real one's speed.
	return cases.map((one) => ({ ...one, aims: one.aims.map((aim) => ({ ...aim, bound: null })) }));
}
