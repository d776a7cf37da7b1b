import { dimOf, type Value } from "../graph/graph.ts";
import { reshape, rotary } from "../graph/ops/index.ts";
import type { DecoderConfig } from "./config.ts";

/** Angular frequency of each pair of a head's features, `[headDim / 2]`, with the configuration's context scaling. */
export function ropeFrequencies(config: DecoderConfig): Float64Array {
	const { headDim, ropeTheta, ropeScaling } = config;
	const frequencies = new Float64Array(headDim / 2);
	for (let i = 0; i < frequencies.length; i++) {
		const frequency = ropeTheta ** ((-2 * i) / headDim);
		frequencies[i] = ropeScaling === null ? frequency : scaled(frequency, ropeScaling);
	}
	return frequencies;
}

type Scaling = NonNullable<DecoderConfig["ropeScaling"]>;

/** Linear interpolation slows every frequency; Llama 3 slows the low ones only, with a smooth band between. */
function scaled(frequency: number, scaling: Scaling): number {
	if (scaling.type === "linear") return frequency / scaling.factor;
	const { factor, lowFreqFactor, highFreqFactor, originalMaxPosition } = scaling;
	const wavelength = (2 * Math.PI) / frequency;
	if (wavelength < originalMaxPosition / highFreqFactor) return frequency;
	if (wavelength > originalMaxPosition / lowFreqFactor) return frequency / factor;
	const smooth = (originalMaxPosition / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
	return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** Cosines and sines of every position, `[positions, headDim / 2]` each. */
function ropeTables(
	config: DecoderConfig,
	positions: number,
): { cosines: Float32Array; sines: Float32Array } {
	const frequencies = ropeFrequencies(config);
	const half = frequencies.length;
	const cosines = new Float32Array(positions * half);
	const sines = new Float32Array(positions * half);
	for (let p = 0; p < positions; p++) {
		for (let i = 0; i < half; i++) {
			const angle = p * (frequencies[i] as number);
			cosines[p * half + i] = Math.cos(angle);
			sines[p * half + i] = Math.sin(angle);
		}
	}
	return { cosines, sines };
}

/**
 * Rotates queries or keys `[N, heads * headDim]` by their positions `[N, 1]`, each row on its own, so that rows of
 * different sequences can stand in one matrix. The tables are frozen tensors, made once a graph.
 */
export function applyRope(x: Value, positions: Value, config: DecoderConfig, heads: number): Value {
	const { graph } = x;
	const table = (kind: "cosines" | "sines") =>
		graph.once(`rope/${kind}`, (name) =>
			graph.initializer(
				name,
				"f32",
				[config.maxPosition, config.headDim / 2],
				() => ropeTables(config, config.maxPosition)[kind],
			),
		);
	const rows = dimOf(x, 0);
	const width = heads * config.headDim;
	const rotated = rotary(reshape(x, [rows, 1, width]), positions, table("cosines"), table("sines"), heads);
	return reshape(rotated, [rows, width]);
}
