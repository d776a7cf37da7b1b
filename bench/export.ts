import {
	closeSync,
	copyFileSync,
	fsyncSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMATS } from "../core/export/formats.ts";
import { hfConfigText, parseHfConfig } from "../core/models/config.ts";
import { modelOf } from "./model.ts";
import type { Spec } from "./spec.ts";

/** The least that every format asks of a tokenizer. */
const TOKENIZER = {
	added_tokens: [{ id: 0, content: "<end>", special: true }],
	pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
	model: { type: "BPE", vocab: { "<end>": 0, a: 1, b: 2, ab: 3 }, merges: ["a b"] },
};

interface Exporting {
	readonly step: () => Promise<void>;
	readonly flops: null;
	/** Bytes that a step writes. */
	readonly bytes: number;
}

/** One whole export, bits read back included, the comparison with the run left out: that is a forward pass. */
export async function exporting(spec: Spec): Promise<Exporting> {
	const { root, write } = prepare(spec);
	const outDir = join(root, "out");
	const { bytes } = await write(outDir);
	const step = async () => {
		rmSync(outDir, { recursive: true });
		await write(outDir);
	};
	return { step, flops: null, bytes };
}

/** A plain copy of the files that the export writes, synced as it syncs them. */
export async function copying(spec: Spec): Promise<Exporting> {
	const { root, write } = prepare(spec);
	const { dir, files, bytes } = await write(join(root, "out"));
	const target = join(root, "copy");
	const step = async () => {
		rmSync(target, { recursive: true, force: true });
		for (const { name } of files) {
			mkdirSync(join(target, name, ".."), { recursive: true });
			copyFileSync(join(dir, name), join(target, name));
			const fd = openSync(join(target, name), "r+");
			fsyncSync(fd);
			closeSync(fd);
		}
	};
	return { step, flops: null, bytes };
}

function prepare(spec: Spec) {
	const { format, dtype } = spec.export ?? { format: "hf", dtype: null };
	const root = mkdtempSync(join(tmpdir(), "dqo-bench-export-"));
	const modelDir = join(root, "model");
	mkdirSync(modelDir);
	const model = modelOf(spec);
	const text = hfConfigText(model.config);
	writeFileSync(join(modelDir, "config.json"), text);
	writeFileSync(join(modelDir, "tokenizer.json"), JSON.stringify(TOKENIZER));
	const config = parseHfConfig(JSON.parse(text));
	const policy = {
		...{
			config,
			tensors: model.tensors as Parameters<typeof FORMATS.hf.write>[0]["policy"]["tensors"],
			modelDir,
		},
		...{ step: 0, adapter: null, contentHash: "", baseHash: "" },
	};
	const write = (outDir: string) =>
		FORMATS[format].write({
			...{ policy, outDir, dtype, valueHead: null },
			onProgress: () => {},
			verify: async () => [],
		});
	return { root, write };
}
