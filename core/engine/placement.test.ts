import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { EngineEvent } from "../contract/events.ts";
import type { Provider } from "../contract/provider.ts";
import { jobConfig, workplace } from "../training/testing/job.ts";
import { startJob } from "./supervisor.ts";
import { SOFTWARE_VULKAN } from "./testing/software-vulkan.ts";

/** What a run's log says of its nodes. */
async function nodesOf(provider: Provider, env: Readonly<Record<string, string>> = {}) {
	const place = workplace();
	const events: EngineEvent[] = [];
	// Little else than two training steps: a software GPU is slow to compile.
	const config = jobConfig(place, {
		...{ provider, method: "sft", maxSteps: 2, valueWarmupEpochs: 0, split: { validation: 0 } },
	});
	const runDir = join(place.root, "run");
	const job = startJob<"train">(
		{ kind: "train", runDir, config, resume: false },
		{ env, onEvent: (event) => events.push(event) },
	);
	await job.result;
	expect(existsSync(join(runDir, "profile"))).toBe(false);
	return events.flatMap((event) =>
		event.type === "log" && /nodes of/.test(event.message) ? [event.message] : [],
	);
}

it.skipIf(SOFTWARE_VULKAN === null)(
	"a run on a GPU tells once which nodes fell back to the CPU (skipped without Chromium's software Vulkan)",
	async () => {
		const said = await nodesOf("webgpu", SOFTWARE_VULKAN ?? {});
		expect(said).toEqual([
			expect.stringMatching(/^\d+ of [\d,]+ nodes of the training step run on the CPU: \w+ \d+/),
		]);
		const [fallen, all] = (said[0]?.match(/[\d,]+/g) ?? []).map((n) => Number(n.replace(",", "")));
		expect(fallen).toBeLessThan((all as number) / 5);
	},
	60_000,
);

it("a run on the CPU says nothing of it", async () => {
	expect(await nodesOf("cpu")).toEqual([]);
}, 60_000);
