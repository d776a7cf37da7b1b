import { z } from "zod";
import type { DecoderConfig } from "../decoder-config.ts";
import { flag, layerTypes, layerWindows, size, windowOf } from "./fields.ts";

/** Sliding windows as Qwen2 and Qwen3 switch them on, in the layers from `max_window_layers` on. */
export const windowFields = {
	use_sliding_window: flag.nullable(),
	sliding_window: size.nullish(),
	max_window_layers: z.number().int().nonnegative().default(28),
};

type WindowFields = z.infer<z.ZodObject<typeof windowFields>>;

export function qwenWindows(
	hf: WindowFields & Parameters<typeof layerWindows>[0],
	where: string,
): DecoderConfig["layerWindows"] {
	const window =
		hf.use_sliding_window === true ? (hf.sliding_window === undefined ? 4096 : hf.sliding_window) : null;
	return layerWindows(hf, window, (layer) => layer >= hf.max_window_layers, where);
}

export function writeQwenWindows(config: DecoderConfig): Record<string, unknown> {
	const window = windowOf(config);
	if (window === null) return { use_sliding_window: false };
	const first = config.layerWindows.findIndex((window) => window !== null);
	return {
		use_sliding_window: true,
		sliding_window: window,
		max_window_layers: first,
		layer_types: layerTypes(config),
	};
}
