import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { loadModelFolder } from "../models/hf/load.ts";
import { Sampler } from "./sampler.ts";
import type { Drawing, Drawn } from "./testing/draw-on-webgpu.ts";
import type { GenerateOptions } from "./types.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const child = fileURLToPath(new URL("./testing/draw-on-webgpu.ts", import.meta.url));
/** Vulkan in software, which comes with Chromium on Debian and Ubuntu. */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

const SAMPLED: GenerateOptions = {
	n: 2,
	temperature: 1,
	topK: 16,
	threshold: 0.01,
	topP: 0.9,
	greedy: false,
	maxNewTokens: 7,
	seed: 7,
	eosIds: [4, 7, 8, 33],
};
/** Draws in another process; a reason where WebGPU does not work here. */
function drawThere(drawing: Drawing): Drawn | string {
	const software = { VK_DRIVER_FILES: SWIFTSHADER, VK_ICD_FILENAMES: SWIFTSHADER };
	let reason = "";
	for (const more of existsSync(SWIFTSHADER) ? [{}, software] : [{}]) {
		const { stdout, stderr } = spawnSync(
			process.execPath,
			["--import", "tsx", child, JSON.stringify(drawing)],
			{
				env: { ...process.env, ...more },
				encoding: "utf8",
			},
		);
		const [works, drawn] = stdout.split("\n");
		if (works !== "works") reason = /Error: .*/.exec(stderr)?.[0] ?? stderr.trim();
		else if (drawn) return JSON.parse(drawn) as Drawn;
		else throw new Error(`the process ended: ${stderr}`);
	}
	return reason;
}

// Gemma 2 has a layer that sees a window and one that sees all. Software Vulkan on a busy machine takes its time.
it("draws on WebGPU what the CPU draws, and the caches stay there", { timeout: 180_000 }, async ({
	skip,
}) => {
	const dir = `${fixtures}models/gemma2-tiny`;
	const options = [SAMPLED, { ...SAMPLED, n: 1, greedy: true }];
	const drawing = { dir, tokensPerRun: 3, prompts: [[1, 17, 42, 9, 33], [5], [1, 28, 6]], options };
	const there = drawThere(drawing);
	if (typeof there === "string") return skip(`no WebGPU here: ${there}`);
	const model = await loadModelFolder(dir);
	const sampler = await Sampler.create({ ...model, session: { threads: 1 } });
	const here = [];
	for (const each of options) here.push(...(await sampler.generateAll(drawing.prompts, each)).flat());
	expect(there.responses.map(({ tokens }) => tokens)).toEqual(here.map(({ tokens }) => tokens));
	for (const [i, { logProbs }] of there.responses.entries())
		for (const [t, logProb] of logProbs.entries())
			expect(logProb).toBeCloseTo(here[i]?.logProbs[t] as number, 4);
	expect(there.traffic.inBytes).toBeLessThan(sampler.traffic.inBytes);
	// A token and its log-prob.
	const drawn = Math.max(...here.map(({ tokens }) => tokens.length));
	expect(there.traffic.outBytes).toBeLessThanOrEqual(2 * drawn * 6 * (8 + 4));
	await sampler.release();
});
