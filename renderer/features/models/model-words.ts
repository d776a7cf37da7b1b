import type { ModelEntry } from "../../../core/contract/api-models.ts";
import type { Tone } from "../../app/words.ts";
import * as format from "../../ui/format.ts";

/** How a count of parameters is spoken of: `0.5 B`, `494 M`, `3.7 M`. */
export function parametersText(parameters: number | null): string {
	if (parameters === null) return format.NONE;
	const [size, unit] = parameters >= 999.5e6 ? [parameters / 1e9, "B"] : [parameters / 1e6, "M"];
	return `${size.toFixed(size >= 99.95 ? 0 : 1)} ${unit}`;
}

/** Whether LoRA DQO on it fits this computer, as a pill's words. */
export function fitOf({ state, fits, loraMemoryBytes }: ModelEntry): { label: string; tone: Tone } {
	if (state === "refused") return { label: "Not supported", tone: "bad" };
	if (fits === null || loraMemoryBytes === null) return { label: "Estimating", tone: "neutral" };
	const size = format.bytes(loraMemoryBytes);
	return fits ? { label: `Fits, ${size}`, tone: "good" } : { label: `Needs ${size}`, tone: "warn" };
}

/** A model card without the metadata block at its head, which is for machines. */
export function cardText(card: string): string {
	return card.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, "").trim();
}
