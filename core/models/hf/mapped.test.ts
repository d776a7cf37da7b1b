import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { cachedWeights, scratchWeightsDir, weightsCacheDir } from "../../store/weights-cache.ts";
import { mappable } from "./mapped.ts";
import { type FileTensor, inMemory, openSafetensors, writeSafetensors } from "./safetensors.ts";

let dir: string;
beforeEach(() => {
	dir = temporaryFolder();
	vi.stubEnv("DQO_STUDIO_DIR", join(dir, "studio"));
});
afterEach(() => vi.unstubAllEnvs());

const values = { w: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(-0.5, 8) };
function write(dtype: "F32" | "BF16" | "F16"): Map<string, FileTensor> {
	const path = join(dir, `${dtype}.safetensors`);
	const tensors = new Map(
		Object.entries(values).map(([name, data]) => [name, inMemory([data.length], data)]),
	);
	writeSafetensors(path, tensors, {}, { dtype });
	return openSafetensors(path).tensors;
}

/** The values as they lie at a tensor's place, read as a session would map them. */
function mapped(
	tensor: { shape: readonly number[]; file(precision: "f32"): FileTensor["place"] } | undefined,
): number[] {
	if (!tensor) throw new Error("no such tensor");
	const { folder, name, offset } = tensor.file("f32");
	const bytes = readFileSync(join(folder, name)).subarray(offset, offset + 4 * (tensor.shape[0] as number));
	return [...new Float32Array(new Uint8Array(bytes).buffer)];
}

it("float32 weights are mapped from the model's own file", () => {
	const tensors = mappable(write("F32"), "hash");
	expect(mapped(tensors.get("w"))).toEqual([1, 2, 3, 4]);
	expect(tensors.get("b")?.file("f32").name).toBe("F32.safetensors");
	expect(existsSync(weightsCacheDir())).toBe(false);
});

it.each(["BF16", "F16"] as const)("%s weights are widened once, for all that read the model", (dtype) => {
	const source = write(dtype);
	const [first, second] = [mappable(source, "hash"), mappable(source, "hash")];
	expect(existsSync(weightsCacheDir())).toBe(false);
	expect(mapped(first.get("w"))).toEqual([1, 2, 3, 4]);
	const place = first.get("b")?.file("f32");
	const file = join(place?.folder ?? "", place?.name ?? "");
	const { ino } = statSync(file);
	expect(mapped(second.get("b"))).toEqual([-0.5, 8]);
	expect(statSync(file).ino).toBe(ino);
	expect(readdirSync(weightsCacheDir())).toEqual(["hash"]);
});

it("what nobody used for long, and what a process that was ended left, is deleted when something is written", () => {
	const write = (path: string) => writeFileSync(path, "x");
	const old = cachedWeights("old", write);
	cachedWeights("used", write);
	utimesSync(dirname(old), new Date(0), new Date(0));
	const unfinished = join(weightsCacheDir(), "unfinished");
	mkdirSync(unfinished);
	writeFileSync(join(unfinished, ".model.safetensors.tmp-999999999-1"), "half");
	utimesSync(unfinished, new Date(0), new Date(0));
	const left = join(weightsCacheDir(), "scratch-999999999-abc");
	mkdirSync(left);
	const scratch = scratchWeightsDir();
	expect(existsSync(scratch)).toBe(true);
	cachedWeights("new", write);
	const names = readdirSync(weightsCacheDir()).filter((name) => !name.startsWith(`scratch-${process.pid}-`));
	expect(names.sort()).toEqual(["new", "used"]);
	expect(existsSync(scratch)).toBe(true);
});

it("a copy that could not be written leaves nothing that would be taken for one", () => {
	const fail = () => {
		throw new Error("disk");
	};
	expect(() => cachedWeights("hash", fail)).toThrow("disk");
	expect(
		readFileSync(
			cachedWeights("hash", (path) => writeFileSync(path, "whole")),
			"utf8",
		),
	).toBe("whole");
});

it("a file that is written to after it was opened is not read, nor mapped", () => {
	const opened = write("F32");
	const w = mappable(opened, "hash").get("w");
	const watch = w?.file("f32").watch;
	expect(w?.load()).toEqual(values.w);
	const path = join(dir, "F32.safetensors");
	const bytes = readFileSync(path);
	bytes[bytes.length - 1] = 7;
	writeFileSync(path, bytes);
	utimesSync(path, new Date(0), new Date(0));
	const changed = { code: "file-corrupt", message: expect.stringContaining("has changed") };
	for (const read of [w?.load, opened.get("w")?.digest, () => watch?.check(), () => watch?.checkMapped()])
		expect(read).toThrow(expect.objectContaining(changed));
	// What is mapped lives on where its name is gone.
	rmSync(path);
	expect(() => watch?.checkMapped()).not.toThrow();
	expect(() => watch?.check()).toThrow(expect.objectContaining({ code: "file-missing" }));
});
