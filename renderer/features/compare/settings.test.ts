import { expect, test } from "vitest";
import { resolveRunConfig } from "../../../core/contract/resolve.ts";
import { compareSettings, flatten } from "./settings.ts";

const config = (more: Record<string, unknown>) =>
	resolveRunConfig({ method: "dqo", modelDir: "/m/starter", dataPath: "/d/a.jsonl", ...more });

test("nested settings get dotted paths; lists stay whole", () => {
	const flat = flatten({ lr: 1, adapter: { type: "lora", rank: 8 }, betas: [0.9, 0.95], task: null });
	expect([...flat]).toEqual([
		["lr", 1],
		["adapter.type", "lora"],
		["adapter.rank", 8],
		["betas", [0.9, 0.95]],
		["task", null],
	]);
});

test("what differs comes out, the searched settings first; the rest is the same", () => {
	const a = config({ beta: 0.03, seed: 1, adapter: { type: "lora", rank: 8, alpha: 16 } });
	const b = config({ beta: 0.1, seed: 2, adapter: { type: "lora", rank: 8, alpha: 16 } });
	const { differ, same } = compareSettings([a, b]);
	expect(differ).toEqual([
		{ path: "beta", values: [0.03, 0.1] },
		{ path: "seed", values: [1, 2] },
	]);
	expect(same.map(({ path }) => path)).toContain("adapter.rank");
	expect(same.map(({ path }) => path)).not.toContain("schemaVersion");
});

test("a setting that one run alone has differs", () => {
	const a = config({ adapter: { type: "lora", rank: 8, alpha: 16 } });
	const b = config({ adapter: { type: "full" } });
	const rank = compareSettings([a, b]).differ.find(({ path }) => path === "adapter.rank");
	expect(rank?.values).toEqual([8, undefined]);
});

test("an unreadable run differs in nothing", () => {
	const { differ } = compareSettings([config({ beta: 0.03 }), null]);
	expect(differ).toEqual([]);
});
