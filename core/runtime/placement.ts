import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Placement } from "../contract/parity.ts";
import { PROVIDERS, type Provider } from "../contract/provider.ts";

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

/** Kinds of ops that a sentence names. */
const NAMED_OPS = 8;

/** How many nodes of `graph` fell from `provider` to another, and which, as a sentence. */
export function placementText(graph: string, placement: readonly Placement[], provider: Provider): string {
	const count = (list: readonly Placement[]) => list.reduce((sum, { nodes }) => sum + nodes, 0);
	const all = count(placement).toLocaleString("en");
	const fallen = placement.filter((one) => one.provider !== provider);
	if (fallen.length === 0) return `All ${all} nodes of ${graph} run on ${provider}.`;
	const ops = fallen.slice(0, NAMED_OPS).map(({ op, nodes }) => `${op} ${nodes}`);
	const others = fallen.length - ops.length;
	const more = others === 0 ? "" : ` and ${others} other ${others === 1 ? "kind" : "kinds"}`;
	return `${count(fallen).toLocaleString("en")} of ${all} nodes of ${graph} run on the CPU: ${ops.join(", ")}${more}. What crosses to it costs time.`;
}

/** `CUDAExecutionProvider` is `cuda`. */
function shortName(name: string): string {
	const short = name.replace(/ExecutionProvider$/, "").toLowerCase();
	return (
		PROVIDERS.find((provider) => provider === short || provider === short.replace(/^js$/, "webgpu")) ?? short
	);
}
