import {
	cpSync,
	mkdirSync,
	renameSync,
	rmSync,
	symlinkSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError, type ErrorCode } from "../../contract/errors.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { loadModelFolder } from "./load.ts";
import { readPeftAdapter } from "./peft.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures");
const MODEL = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const GIGABYTE = 1_000_000_000;

/** A whole model to spoil. */
function copyOf(fixture: string): string {
	const dir = temporaryFolder();
	cpSync(join(FIXTURES, fixture), dir, { recursive: true });
	return dir;
}

/** Runs what must be refused. A second is what is promised of an idle machine; ten leave room for a busy one. */
async function refusal(action: () => Promise<unknown>): Promise<AppError> {
	const [started, memory] = [performance.now(), process.memoryUsage.rss()];
	const error: unknown = await action().then(
		() => expect.unreachable("it was accepted"),
		(thrown) => thrown,
	);
	expect(performance.now() - started).toBeLessThan(10_000);
	expect(process.memoryUsage.rss() - memory).toBeLessThan(300e6);
	expect(error, String(error)).toBeInstanceOf(AppError);
	expect((error as AppError).message.length).toBeLessThan(5000);
	return error as AppError;
}

/** A file that begins with a header length and a header, and then is zeros to its end, which take no room on the disk. */
function weights(path: string, header: string, headerBytes: bigint | number, fileBytes: number): void {
	const prefix = Buffer.alloc(8);
	prefix.writeBigUInt64LE(BigInt(headerBytes));
	writeFileSync(path, Buffer.concat([prefix, Buffer.from(header)]));
	truncateSync(path, fileBytes);
}

function zeros(path: string, bytes: number): void {
	writeFileSync(path, "");
	truncateSync(path, bytes);
}

const header =
	(text: string, values = 8) =>
	(dir: string) =>
		weights(join(dir, MODEL), text, Buffer.byteLength(text), 8 + Buffer.byteLength(text) + values);
const entry = (fields: string) => `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]${fields}}}`;
const shape = (text: string) => `{"a":{"dtype":"F32","shape":[${text}],"data_offsets":[0,8]}}`;
const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i));

/** Replaces the weights by an index that names these files. */
const index = (files: readonly string[]) => (dir: string) => {
	unlinkSync(join(dir, MODEL));
	const map = Object.fromEntries(files.map((file, i) => [`t${i}`, file]));
	writeFileSync(join(dir, INDEX), JSON.stringify({ weight_map: map }));
};
const config = (fields: string) => (dir: string) => {
	const sizes = '"hidden_size":32,"intermediate_size":48,"num_attention_heads":4,"num_key_value_heads":2';
	const rest = `"model_type":"llama","vocab_size":64,"num_hidden_layers":2,${sizes}`;
	writeFileSync(join(dir, "config.json"), `{${rest},${fields}}`);
};
const replaceBy = (from: string, to: string) => (dir: string) => renameSync(join(dir, from), join(dir, to));
const folderAt = (name: string) => (dir: string) => {
	rmSync(join(dir, name));
	mkdirSync(join(dir, name));
};

const spoilt: [what: string, code: ErrorCode, message: string, spoil: (dir: string) => void][] = [
	[
		"a header of 1 GB",
		"file-corrupt",
		MODEL,
		(dir) => weights(join(dir, MODEL), "{", GIGABYTE, 2 * GIGABYTE),
	],
	[
		"a header past all numbers",
		"file-corrupt",
		MODEL,
		(dir) => weights(join(dir, MODEL), "{", 2n ** 64n - 1n, 99),
	],
	["a header of zeros", "file-corrupt", MODEL, (dir) => weights(join(dir, MODEL), "", 16_000_000, GIGABYTE)],
	[
		"deep brackets",
		"file-corrupt",
		"nested",
		header(`{"a":${"[".repeat(8_000_000)}${"]".repeat(7_900_000)}}`),
	],
	["a name of 10 MB", "file-corrupt", MODEL, header(`{"${"a".repeat(10_000_000)}":1}`)],
	["a name of 10 MB of quotes", "file-corrupt", MODEL, header(`{"${'\\"'.repeat(5_000_000)}":1}`)],
	["200,000 tensors", "file-corrupt", "over the limit", header(`{${many(200_000, (i) => `"${i}":1`)}}`)],
	["no number", "file-corrupt", "JSON", header(shape("NaN"))],
	["a length that is no whole number", "file-corrupt", "tensor a", header(shape("0.5,4"))],
	["a negative length", "file-corrupt", "tensor a", header(shape("-1,-2"))],
	["a length past all numbers", "file-corrupt", "tensor a", header(shape("1e400"))],
	[
		"a product that overflows",
		"file-corrupt",
		"tensor a",
		header(shape(many(40, () => "9007199254740991").join())),
	],
	[
		"a product that overflows to nothing",
		"file-corrupt",
		"tensor a",
		header(shape(`${many(40, () => "1e15")},0`)),
	],
	["a field twice", "file-corrupt", "twice", header(entry(',"dtype":"F16"'))],
	["an unknown field", "file-corrupt", "tensor a", header(entry(',"code":"x"'))],
	["a pickle alone", "model-unsupported", "pytorch_model.bin", replaceBy(MODEL, "pytorch_model.bin")],
	["a GGUF alone", "model-unsupported", "model.gguf", replaceBy(MODEL, "model.gguf")],
	[
		"a pickle under another name",
		"file-corrupt",
		MODEL,
		(dir) => writeFileSync(join(dir, MODEL), "\x80\x04\x95pickle......."),
	],
	["a folder for weights", "file-unreadable", MODEL, folderAt(MODEL)],
	["a folder for a config", "file-unreadable", "config.json", folderAt("config.json")],
	["a shard above the folder", "file-corrupt", "not a file name", index(["../other.safetensors"])],
	["a shard at a full path", "file-corrupt", "not a file name", index(["/etc/passwd"])],
	["a shard at a Windows path", "file-corrupt", "not a file name", index(["..\\other.safetensors"])],
	["the folder as a shard", "file-corrupt", "not a file name", index(["."])],
	["the folder above as a shard", "file-corrupt", "not a file name", index([".."])],
	["100,000 shards", "file-corrupt", INDEX, index(many(100_000, (i) => `${i}.safetensors`))],
	["a thousand missing shards", "file-missing", "and 990 more", index(many(1000, (i) => `${i}.safetensors`))],
	["an index of 1 GB", "file-corrupt", INDEX, (dir) => [index([])(dir), zeros(join(dir, INDEX), GIGABYTE)]],
	["a config of 1 GB", "file-corrupt", "config.json", (dir) => zeros(join(dir, "config.json"), GIGABYTE)],
	["a deep config", "file-corrupt", "nested", config(`"x":${'{"x":'.repeat(100_000)}`)],
	["an absurd vocabulary", "config-invalid", "vocab_size", config('"vocab_size":1e12')],
	[
		"a vocabulary larger than the file's",
		"model-unsupported",
		"embed_tokens",
		config('"vocab_size":2000000000'),
	],
	["absurdly many layers", "config-invalid", "num_hidden_layers", config('"num_hidden_layers":1e9')],
	["many layers more than there are", "model-unsupported", "more", config('"num_hidden_layers":10000')],
	["absurdly wide layers", "config-invalid", "hidden_size", config('"hidden_size":1e15')],
	["a context that is no number", "file-corrupt", "JSON", config('"max_position_embeddings":NaN')],
	["a negative size", "config-invalid", "intermediate_size", config('"intermediate_size":-1')],
];

test.each(spoilt)(
	"a model folder is refused soon and in little memory: %s",
	async (_, code, message, spoil) => {
		const dir = copyOf("models/llama-tiny");
		spoil(dir);
		const error = await refusal(() => loadModelFolder(dir));
		expect(error.code).toBe(code);
		expect(error.message).toContain(message);
		expect(error.message).toContain(dir);
		expect(error.hint.length).toBeGreaterThan(20);
	},
);

test.skipIf(process.platform === "win32")("a link to a device is no weight file", async () => {
	for (const name of [MODEL, "config.json"]) {
		const dir = copyOf("models/llama-tiny");
		rmSync(join(dir, name));
		symlinkSync("/dev/zero", join(dir, name));
		expect(await refusal(() => loadModelFolder(dir))).toMatchObject({ code: "file-unreadable" });
	}
});

test.skipIf(process.platform === "win32")(
	"links out of the folder are followed, as the hub's cache has them",
	async () => {
		const blobs = copyOf("models/llama-bf16-sharded-tiny");
		const dir = temporaryFolder();
		for (const name of ["config.json", INDEX, ...many(3, (i) => `model-0000${i + 1}-of-00003.safetensors`)]) {
			symlinkSync(join(blobs, name), join(dir, name));
		}
		expect((await loadModelFolder(dir)).contentHash).toBe((await loadModelFolder(blobs)).contentHash);
	},
);

const spoiltAdapters: typeof spoilt = [
	[
		"a config of 1 GB",
		"file-corrupt",
		"adapter_config",
		(dir) => zeros(join(dir, "adapter_config.json"), GIGABYTE),
	],
	[
		"a pickle alone",
		"model-unsupported",
		"adapter_model.bin",
		replaceBy("adapter_model.safetensors", "adapter_model.bin"),
	],
	["weights that are a folder", "file-unreadable", "is a folder", folderAt("adapter_model.safetensors")],
	[
		"a header of 1 GB",
		"file-corrupt",
		"adapter_model.safetensors",
		(dir) => weights(join(dir, "adapter_model.safetensors"), "{", GIGABYTE, 2 * GIGABYTE),
	],
	[
		"an absurd rank",
		"model-unsupported",
		"1000000000000",
		(dir) => writeFileSync(join(dir, "adapter_config.json"), '{"peft_type":"LORA","r":1e12,"lora_alpha":8}'),
	],
	[
		"a rank that is no number",
		"file-corrupt",
		"JSON",
		(dir) =>
			writeFileSync(join(dir, "adapter_config.json"), '{"peft_type":"LORA","r":Infinity,"lora_alpha":8}'),
	],
];

test.each(spoiltAdapters)(
	"an adapter folder is refused soon and in little memory: %s",
	async (_, code, message, spoil) => {
		const { config } = await loadModelFolder(join(FIXTURES, "models/llama-tiny"));
		const dir = copyOf("adapters/llama-tiny-lora");
		spoil(dir);
		const error = await refusal(async () => readPeftAdapter(dir, config));
		expect(error.code).toBe(code);
		expect(error.message).toContain(message);
		expect(error.message).toContain(dir);
	},
);
