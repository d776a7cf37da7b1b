import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Placement } from "../contract/parity.ts";
import { PROVIDERS } from "../contract/provider.ts";

const eventsSchema = z.array(
	z.looseObject({
		name: z.string(),
		args: z.looseObject({ op_name: z.string(), provider: z.string() }).partial().optional(),
	}),
);

/**
 * Which provider computed each node, from the profiles of sessions that have run: ONNX Runtime for Node has no call that
 * tells. Nodes that its optimizer made or folded away count as it ran them.
 */
export async function readPlacement(profileDir: string): Promise<Placement[]> {
	const counts = new Map<string, Placement>();
	for (const file of (await readdir(profileDir)).filter((name) => name.endsWith(".json"))) {
		const seen = new Set<string>();
		const events = eventsSchema.parse(JSON.parse(await readFile(join(profileDir, file), "utf8")));
		for (const { name, args } of events) {
			// A node runs many times, in loops and over runs; it counts once.
			if (!name.endsWith("_kernel_time") || !args?.op_name || !args.provider || seen.has(name)) continue;
			seen.add(name);
			const provider = shortName(args.provider);
			const key = `${provider}/${args.op_name}`;
			counts.set(key, { provider, op: args.op_name, nodes: (counts.get(key)?.nodes ?? 0) + 1 });
		}
	}
	return [...counts.values()].sort((a, b) => b.nodes - a.nodes || (a.op < b.op ? -1 : 1));
}

/** `CUDAExecutionProvider` is `cuda`. */
function shortName(name: string): string {
	const short = name.replace(/ExecutionProvider$/, "").toLowerCase();
	return (
		PROVIDERS.find((provider) => provider === short || provider === short.replace(/^js$/, "webgpu")) ?? short
	);
}
