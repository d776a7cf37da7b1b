import { z } from "zod";
import type { DecoderConfig } from "../decoder-config.ts";
import { invalid, unsupported } from "./refusals.ts";

const positive = z.number().positive();
const scalingFields = {
	rope_type: z.string().optional(),
	type: z.string().optional(),
	factor: positive.nullish(),
	low_freq_factor: positive.nullish(),
	high_freq_factor: positive.nullish(),
	original_max_position_embeddings: z.number().int().positive().nullish(),
};

/** Rotary positions in the form of transformers 4 (`rope_theta`, `rope_scaling`) and 5 (`rope_parameters`). */
export const ropeFields = {
	rope_theta: positive.nullish(),
	rope_scaling: z.object(scalingFields).nullish(),
	rope_parameters: z.object({ ...scalingFields, rope_theta: positive.nullish() }).nullish(),
	partial_rotary_factor: z.number().nullish(),
};
type RopeFields = z.infer<z.ZodObject<typeof ropeFields>>;

/** What a configuration says of rotary positions. */
export function ropeScaling(
	hf: RopeFields,
	maxPosition: number,
	where: string,
): Pick<DecoderConfig, "ropeTheta" | "ropeScaling"> {
	if (hf.partial_rotary_factor != null && hf.partial_rotary_factor !== 1) {
		throw unsupported(
			where,
			"rotary positions on a part of the head (partial_rotary_factor) are not supported.",
			"Choose a model with rotary positions on the whole head.",
		);
	}
	const ropeTheta = hf.rope_parameters?.rope_theta ?? hf.rope_theta ?? 10_000;
	const rope = hf.rope_parameters ?? hf.rope_scaling;
	const type = rope?.rope_type ?? rope?.type ?? "default";
	if (rope == null || type === "default") return { ropeTheta, ropeScaling: null };
	const need = (name: "factor" | "low_freq_factor" | "high_freq_factor"): number => {
		const value = rope[name];
		if (value == null) throw invalid(where, `rotary scaling "${type}" needs ${name}`);
		return value;
	};
	if (type === "linear") return { ropeTheta, ropeScaling: { type, factor: need("factor") } };
	if (type === "llama3") {
		const scaling = {
			type,
			factor: need("factor"),
			lowFreqFactor: need("low_freq_factor"),
			highFreqFactor: need("high_freq_factor"),
			originalMaxPosition: rope.original_max_position_embeddings ?? maxPosition,
		} as const;
		return { ropeTheta, ropeScaling: scaling };
	}
	throw unsupported(
		where,
		`the rotary scaling "${type}" is not supported.`,
		"Choose a model with no rotary scaling, or with type linear or llama3.",
	);
}

/** `rope_scaling` of a configuration. */
export function toHfRopeScaling(scaling: DecoderConfig["ropeScaling"]): Record<string, unknown> | null {
	if (scaling === null) return null;
	if (scaling.type === "linear") return { rope_type: "linear", type: "linear", factor: scaling.factor };
	return {
		rope_type: "llama3",
		factor: scaling.factor,
		low_freq_factor: scaling.lowFreqFactor,
		high_freq_factor: scaling.highFreqFactor,
		original_max_position_embeddings: scaling.originalMaxPosition,
	};
}
