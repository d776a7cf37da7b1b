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
export function fitOf({ state, fits, loraMemoryBytes, smaller }: ModelEntry): { label: string; tone: Tone } {
	if (state === "refused") return { label: "Not supported", tone: "bad" };
	if (fits === null || loraMemoryBytes === null) return { label: "Estimating", tone: "neutral" };
	const size = format.bytes(loraMemoryBytes);
	if (smaller !== null) return { label: "Fits, smaller batches", tone: "good" };
	return fits ? { label: `Fits, ${size}`, tone: "good" } : { label: `Needs ${size}`, tone: "warn" };
}

/** What LoRA DQO on it takes, in a sentence. */
export function memoryText({ fits, loraMemoryBytes, smaller }: ModelEntry): string {
	if (loraMemoryBytes === null) return format.NONE;
	const size = `${format.bytes(loraMemoryBytes)} at its peak`;
	if (fits) return `${size}, fits this computer`;
	if (smaller === null) return `${size}, more than this computer has`;
	const { microTokens, memoryBytes } = smaller;
	return `${format.bytes(memoryBytes)} at its peak in micro-batches of ${format.count(microTokens)} tokens, with the same result; ${format.bytes(loraMemoryBytes)} otherwise`;
}

/** A model card without the metadata block at its head, which is for machines. */
export function cardText(card: string): string {
	return card.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, "").trim();
}
