import { statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../contract/errors.ts";
import type { ExportDtype } from "../contract/exports.ts";
import { DTYPE_BITS, type FloatDtype } from "../models/hf/dtypes.ts";
import { elementCount } from "../models/hf/safetensors-header.ts";
import { freeBytes } from "../store/files.ts";

/** As much of a tensor as its file's header tells; F32 where the number format is not given. */
export interface Sized {
	readonly shape: readonly number[];
	readonly dtype?: string;
}

/** Bytes of all tensors in one format, or each in its own. */
export function weightBytes(tensors: ReadonlyMap<string, Sized>, dtype: ExportDtype | null): number {
	let bits = 0;
	for (const { shape, dtype: own } of tensors.values())
		bits += elementCount(shape) * (DTYPE_BITS[dtype ?? own ?? "F32"] ?? 32);
	return bits / 8;
}

/** Bytes of those of a folder's files that are there. */
export function fileBytes(dir: string, names: readonly string[]): number {
	return names.reduce((sum, name) => {
		return sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0);
	}, 0);
}

/**
 * Refuses an export that the disk of `outDir` has no room for, before anything is written. Throws `disk-full`.
 * `free`, in bytes, is asked of the system when not given.
 */
export function checkSpace(outDir: string, neededBytes: number, free = freeBytes(outDir)): void {
	if (neededBytes <= free) return;
	const words = (bytes: number) => `${Math.ceil(bytes).toLocaleString("en-US")} bytes`;
	throw new AppError({
		code: "disk-full",
		message: `The export takes ${words(neededBytes)}, and the disk of ${outDir} has ${words(free)} free.`,
		hint: "Free some space, choose a folder on another disk, or smaller weights.",
		details: { neededBytes, freeBytes: free },
	});
}

/** The roughest format that a tensor keeps; merging an adapter into such a weight rounds it again. */
export function roughest(tensors: ReadonlyMap<string, Sized>): FloatDtype {
	const formats = new Set([...tensors.values()].map(({ dtype }) => dtype));
	return formats.has("BF16") ? "BF16" : formats.has("F16") ? "F16" : "F32";
}
