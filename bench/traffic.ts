/**
 * `npx tsx bench/traffic.ts [--provider webgpu] [--tokens 32]`: bytes that generation sends to a device and back for each
 * token, with the caches in the computer's memory and with them on the device, and what ONNX Runtime copies between the two
 * inside of a run. The starter answers 8 prompts 4 times, top-k 16.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { providerSchema } from "../core/contract/provider.ts";
import { PAPER_SAMPLING } from "../core/contract/sampling.ts";
import { loadModelFolder } from "../core/models/hf/load.ts";
import { type Decoding, Sampler } from "../core/sampling/sampler.ts";
import { loadTokenizer } from "../core/tokenizers/tokenizer.ts";

const { values } = parseArgs({
	options: { provider: { type: "string", default: "webgpu" }, tokens: { type: "string", default: "32" } },
});
const device = { provider: providerSchema.parse(values.provider) };
const dir = fileURLToPath(new URL("../resources/starter/model", import.meta.url));
const model = await loadModelFolder(dir);
const tokenizer = await loadTokenizer(dir);
const prompts = Array.from({ length: 8 }, (_, i) =>
	tokenizer.renderPrompt(
		`A box holds ${i + 5} pens.${" Ann buys one more.".repeat(i)} How many pens are there?`,
	),
);
const options = { ...PAPER_SAMPLING, topK: 16, n: 4, maxNewTokens: Number(values.tokens), eosIds: [] };

async function measure(name: string, decoding?: Decoding): Promise<string> {
	const profileDir = await mkdtemp(join(tmpdir(), "dqo-traffic-"));
	try {
		const sampler = await Sampler.create({
			...model,
			session: { device, profileDir },
			...(decoding && { decoding }),
		});
		const all = (await sampler.generateAll(prompts, options)).flat();
		const { inBytes, outBytes } = sampler.traffic;
		await sampler.release();
		const tokens = all.reduce((sum, response) => sum + response.tokens.length, 0);
		const numbers = [inBytes, outBytes, await copiedBytes(profileDir)];
		console.log(
			`| ${name} | ${numbers.map((bytes) => Math.round(bytes / tokens).toLocaleString("en")).join(" | ")} |`,
		);
		return all.map(({ tokens }) => tokens.join()).join("\n");
	} finally {
		await rm(profileDir, { recursive: true });
	}
}

/** Bytes of the copies that ONNX Runtime put into the graphs. */
async function copiedBytes(profileDir: string): Promise<number> {
	let sum = 0;
	for (const file of await readdir(profileDir)) {
		const events: { name: string; args?: { op_name?: string; output_size?: string } }[] = JSON.parse(
			await readFile(join(profileDir, file), "utf8"),
		);
		for (const { name, args } of events)
			if (name.endsWith("_kernel_time") && args?.op_name?.startsWith("Memcpy"))
				sum += Number(args.output_size);
	}
	return sum;
}

console.log("| Caches | bytes in, a token | bytes out | copied inside of runs |\n| --- | --- | --- | --- |");
const inMemory = await measure("in the computer's memory, a Loop", { resident: false, stepped: false });
const suited = await measure("as suits the device");
console.log(inMemory === suited ? "\nThe same tokens." : "\nOther tokens: a near tie may tip.");
