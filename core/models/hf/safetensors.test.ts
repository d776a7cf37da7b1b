import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "../../contract/errors.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { inMemory, openSafetensors, type TensorSource, writeSafetensors } from "./safetensors.ts";

/** Bytes of a file with this header and `valueBytes` zero bytes of values. */
function craft(header: string, valueBytes = 0, headerBytes = Buffer.byteLength(header)): string {
	const path = join(temporaryFolder(), "model.safetensors");
	const prefix = Buffer.alloc(8);
	prefix.writeBigUInt64LE(BigInt(headerBytes));
	writeFileSync(path, Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(valueBytes)]));
	return path;
}

function errorOf(action: () => unknown): AppError {
	try {
		action();
	} catch (error) {
		expect(error).toBeInstanceOf(AppError);
		return error as AppError;
	}
	throw new Error("expected an error");
}

const good = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';

test("what is written reads back bit for bit, and nothing else is left in the folder", () => {
	const dir = temporaryFolder();
	const path = join(dir, "x.safetensors");
	const a = Float32Array.from({ length: 6 }, (_, i) => Math.fround(Math.sin(i) * 1e3));
	const tensors = new Map([
		["b.weight", inMemory([2, 3], a)],
		["a.weight", inMemory([], Float32Array.of(-0))],
		["empty", inMemory([0, 4], new Float32Array(0))],
	]);
	writeSafetensors(path, tensors, { format: "pt" });
	const file = openSafetensors(path);
	expect(file.metadata).toEqual({ format: "pt" });
	expect([...file.tensors.keys()]).toEqual(["a.weight", "b.weight", "empty"]);
	expect(file.tensors.get("b.weight")?.shape).toEqual([2, 3]);
	expect(file.tensors.get("b.weight")?.load()).toEqual(a);
	expect(Object.is(file.tensors.get("a.weight")?.load()[0], -0)).toBe(true);
	expect(file.tensors.get("empty")?.load()).toHaveLength(0);
	expect(readdirSync(dir)).toEqual(["x.safetensors"]);
	expect(readFileSync(path).readBigUInt64LE(0) % 8n).toBe(0n);
});

test("a truncated file is refused, whether the cut is in the values, the header or the length", () => {
	for (const bytes of [8 + good.length + 7, 8 + good.length - 1, 7, 0]) {
		const path = craft(good, 8);
		truncateSync(path, bytes);
		expect(errorOf(() => openSafetensors(path))).toMatchObject({ code: "file-corrupt" });
	}
	const path = craft(good, 8);
	const file = openSafetensors(path);
	truncateSync(path, 8 + good.length + 4);
	expect(errorOf(() => file.tensors.get("a")?.load()).message).toContain("has changed since it was opened");
});

const entry = (begin: number, end: number, shape = [2], dtype = "F32") =>
	`{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`;

test.each([
	["two tensors overlap", `{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12, "tensor b: its values overlap"],
	["a hole", `{"a":${entry(0, 8)},"b":${entry(12, 20)}}`, 20, "tensor b: 4 bytes before"],
	["unused bytes at the end", `{"a":${entry(0, 8)}}`, 9, "1 bytes at the end"],
	[
		"past the end",
		`{"a":${entry(0, 8)},"b":${entry(8, 16)}}`,
		12,
		"tensor b: its values end at byte 16 of 12",
	],
	["size and shape differ", `{"a":${entry(0, 8, [3])}}`, 8, "tensor a: F32 [3] takes 12 bytes"],
	["huge shape", `{"a":${entry(0, 8, [2 ** 40, 2 ** 40])}}`, 8, "tensor a"],
	["reversed range", `{"a":${entry(8, 0)}}`, 8, "tensor a"],
	["negative length", `{"a":${entry(0, 8, [-2])}}`, 8, "tensor a"],
	["unknown format", `{"a":${entry(0, 8, [2], "F31")}}`, 8, 'unknown number format "F31"'],
	["a format from the prototype", `{"a":${entry(0, 8, [2], "constructor")}}`, 8, "unknown number format"],
	[
		"the same name twice",
		`{"a":${entry(0, 8)},"a":${entry(0, 8)}}`,
		8,
		"tensor a: the header names it twice",
	],
	["the same name, escaped", `{"a":${entry(0, 8)},"\\u0061":${entry(0, 8)}}`, 8, "names it twice"],
	["not JSON", "{nope}", 0, "not valid JSON"],
	["not an object", "[1]", 0, "not a JSON object"],
	["metadata that is no map of strings", '{"__metadata__":{"a":1}}', 0, "metadata"],
])("a header that lies is refused: %s", (_, header, valueBytes, message) => {
	const error = errorOf(() => openSafetensors(craft(header, valueBytes)));
	expect(error.code).toBe("file-corrupt");
	expect(error.message).toContain("model.safetensors");
	expect(error.message).toContain(message);
});

test("a header length beyond the limit or the file is refused without reading it", () => {
	expect(errorOf(() => openSafetensors(craft(good, 8, 200_000_000))).message).toContain("over the limit");
	expect(errorOf(() => openSafetensors(craft(good, 8, 1000))).message).toContain("the file has only");
});

test("a known format that is no float opens and is refused on load; a missing file says so", () => {
	const path = craft(`{"a":${entry(0, 16, [2], "I64")}}`, 16);
	const tensor = openSafetensors(path).tensors.get("a");
	expect(errorOf(() => tensor?.load())).toMatchObject({ code: "model-unsupported" });
	expect(errorOf(() => openSafetensors("/no/such/file"))).toMatchObject({ code: "file-missing" });
});

test("BF16 and F16 round to nearest, ties to even, by hand-computed cases", () => {
	const path = join(temporaryFolder(), "x.safetensors");
	const through = (dtype: "BF16" | "F16", values: number[]) => {
		const source = inMemory([values.length], Float32Array.from(values));
		writeSafetensors(path, new Map([["a", source]]), {}, { dtype });
		return [...(openSafetensors(path).tensors.get("a")?.load() ?? [])];
	};
	const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
	// bfloat16 keeps 8 significant bits: 257 is a tie between 256 and 258, 259 between 258 and 260; 3.4e38 is nearer to 2^128.
	expect(through("BF16", [257, 259, 257.5, -257, -0, 3.4e38, nan, minusInf])).toEqual([
		256,
		260,
		258,
		-256,
		-0,
		inf,
		nan,
		minusInf,
	]);
	// Half precision keeps 11: 2049 is a tie between 2048 and 2050, 2051 between 2050 and 2052; below 2^-14 the step is 2^-24.
	expect(
		through("F16", [2049, 2051, 65519, 2 ** -25, 3 * 2 ** -25, 2 ** -24 * 1.25, 1023.5 * 2 ** -24, -0]),
	).toEqual([2048, 2052, 65504, 0, 2 ** -23, 2 ** -24, 2 ** -14, -0]);
	expect(through("F16", [inf, minusInf, nan])).toEqual([inf, minusInf, nan]);
	expect(errorOf(() => through("F16", [1, 65520]))).toMatchObject({ code: "config-invalid" });
});

test("every half and bfloat16 bit pattern survives reading and writing", () => {
	const path = join(temporaryFolder(), "x.safetensors");
	for (const dtype of ["F16", "BF16"] as const) {
		// 65536 patterns less the NaNs, which keep being NaN but not their payload.
		const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((b) =>
			dtype === "F16" ? (b & 0x7fff) <= 0x7c00 : (b & 0x7fff) <= 0x7f80,
		);
		const header = `{"a":${entry(0, 2 * bits.length, [bits.length], dtype)}}`;
		const source = craft(header, 0);
		writeFileSync(source, new Uint8Array(bits.buffer), { flag: "a" });
		writeSafetensors(path, openSafetensors(source).tensors);
		const written = readFileSync(path);
		expect(written.subarray(-2 * bits.length).equals(new Uint8Array(bits.buffer))).toBe(true);
	}
});

test("rounding to 16 bits equals torch's on the hard cases, bit for bit", () => {
	const theirs = openSafetensors(
		join(import.meta.dirname, "../../../fixtures/weights/formats.safetensors"),
	).tensors;
	const source = theirs.get("F32") as TensorSource;
	const path = join(temporaryFolder(), "x.safetensors");
	// Our writer refuses what would overflow in F16, so those values are left out there and torch's must be infinite.
	const values = source.load();
	const half = theirs.get("F16")?.load() as Float32Array;
	const fits = Array.from(values.keys()).filter(
		(i) => !Number.isFinite(values[i]) || Number.isFinite(half[i]),
	);
	expect(fits.length).toBeLessThan(values.length);
	const pick = (all: Float32Array) => Float32Array.from(fits, (i) => all[i] as number);
	writeSafetensors(path, new Map([["a", inMemory([fits.length], pick(values))]]), {}, { dtype: "F16" });
	expect(openSafetensors(path).tensors.get("a")?.load()).toEqual(pick(half));
	writeSafetensors(path, new Map([["a", source]]), {}, { dtype: "BF16" });
	expect(openSafetensors(path).tensors.get("a")?.digest()).toBe(theirs.get("BF16")?.digest());
});
