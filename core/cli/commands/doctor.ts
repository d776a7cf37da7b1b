import { statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from "node:os";
import { z } from "zod";
import { PROVIDER_LABELS, PROVIDERS } from "../../contract/provider.ts";
import { nativeFor, probeNative } from "../../engine/native.ts";
import { compareProvider, type ParityReport } from "../../engine/parity.ts";
import { type ProviderReport, probe } from "../../engine/probe.ts";
import { providersOf } from "../../runtime/providers.ts";
import { defineCommand } from "../command.ts";
import { byteSize, table } from "../format.ts";
import { choice, flag } from "../options.ts";
import { version } from "../version.ts";
import { ALONE, parityText } from "./parity-text.ts";
import { path } from "./shared.ts";

export const doctor = defineCommand({
	name: "doctor",
	summary: "show what this machine can run on, and what is missing",
	about:
		"Tries every execution provider in a process of its own by computing with it, and explains each failure.",
	options: {
		parity: flag(
			"also compute a training step and answers on each provider that works, and compare with the CPU",
		),
		provider: choice(PROVIDERS, "compare this provider alone"),
		model: path("DIR", "model folder to compare with", "the built-in starter"),
	},
	examples: [
		{ line: "dqo doctor", does: "execution providers, threads, memory, disk, versions" },
		{ line: "dqo doctor --json", does: "the same for a bug report" },
		{
			line: "dqo doctor --parity",
			does: "whether a GPU computes what the CPU does, and what falls back to the CPU",
		},
	],
	async run(values, { reporter }) {
		const providers = await Promise.all(providersOf(platform(), arch()).map((provider) => probe(provider)));
		const native = await fastPath(providers);
		const machine = describeMachine();
		const rows = providers.map((one) =>
			one.works
				? [one.provider, "works", `computed in ${Math.round(one.elapsedMs)} ms`]
				: [one.provider, "no", one.reason],
		);
		const remedies = providers.flatMap((one) => (one.works ? [] : [`  ${one.provider}: ${one.remedy}`]));
		const text = [
			table([["provider", "state", "detail"], ...rows]),
			...(remedies.length === 0 ? [] : ["", "To get the missing ones (none is needed):", ...remedies]),
			"",
			`threads  ${machine.threads} (${machine.cpu})`,
			`memory   ${byteSize(machine.memory.freeBytes)} free of ${byteSize(machine.memory.totalBytes)}`,
			`disk     ${byteSize(machine.disk.freeBytes)} free of ${byteSize(machine.disk.totalBytes)} here`,
			`C API    ${native.map(({ provider, on, why }) => `on ${PROVIDER_LABELS[provider]} ${on ? "used" : "not used"}: ${why}`).join("; ")}`,
			`versions dqo ${version}, onnxruntime-node ${machine.versions.onnxruntime}, node ${machine.versions.node}, ${machine.system}`,
		].join("\n");
		const cpuWorks = providers.some((one) => one.provider === "cpu" && one.works);
		if (!values.parity)
			return { json: { ok: cpuWorks, providers, native, ...machine }, text, exitCode: cpuWorks ? 0 : 1 };
		const others = providers.filter((one) => one.works && one.provider !== "cpu").map((one) => one.provider);
		const compared = values.provider ? [values.provider] : others.length > 0 ? others : (["cpu"] as const);
		const parity: ParityReport[] = [];
		for (const provider of compared) {
			reporter.line(`comparing ${provider} with the CPU ...`);
			parity.push(await compareProvider(provider, values.model ? { modelDir: values.model } : {}));
		}
		const alone = compared.every((provider) => provider === "cpu");
		const sound = parity.every(({ verdict }) => verdict === "equal" || verdict === "close");
		return {
			json: { ok: cpuWorks && sound, providers, native, ...machine, parity, nothingToCompareWith: alone },
			text: [text, "", ...parity.map(parityText), ...(alone ? ["", ALONE] : [])].join("\n"),
			exitCode: cpuWorks && sound ? 0 : 1,
		};
	},
});

/** Where ONNX Runtime is reached through its C interface, of the providers that work. */
function fastPath(providers: readonly ProviderReport[]) {
	const working = providers.filter(
		({ provider, works }) => works && (provider === "cpu" || provider === "cuda"),
	);
	return Promise.all(
		working.map(async ({ provider }) => ({
			provider,
			...(await nativeFor({ provider }, (one) => probeNative(one))),
		})),
	);
}

function describeMachine() {
	const disk = statfsSync(".");
	const runtime = createRequire(import.meta.url)("onnxruntime-node/package.json");
	return {
		threads: availableParallelism(),
		cpu: cpus()[0]?.model.trim() ?? "unknown processor",
		system: `${platform()} ${arch()} ${release()}`,
		memory: { totalBytes: totalmem(), freeBytes: freemem() },
		disk: { totalBytes: disk.blocks * disk.bsize, freeBytes: disk.bavail * disk.bsize },
		versions: {
			dqo: version,
			node: process.versions.node,
			onnxruntime: z.object({ version: z.string() }).parse(runtime).version,
		},
	};
}
