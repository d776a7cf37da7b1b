import { expect, test } from "vitest";
import type { RunDetail } from "../../../core/contract/api-runs.ts";
import { resolveRunConfig } from "../../../core/contract/resolve.ts";
import { overlays } from "./overlay.ts";

const run = (method: string, baseAccuracy: number | null) => ({
	config: resolveRunConfig({ method, modelDir: "/m", dataPath: "/d", task: "gsm8k" }),
	summary: { baseAccuracy } as RunDetail["summary"],
});

test("a chart by verdict becomes one for each, for colour means a run", () => {
	const titles = overlays([run("dqo", 0.5), run("dqo", 0.5)], false).map(({ title }) => title);
	expect(titles).toContain("V at the last token, correct");
	expect(titles).toContain("V at the last token, wrong");
	expect(new Set(titles).size).toBe(titles.length);
});

test("charts of different methods are joined, each once", () => {
	const ids = overlays([run("dpo", 0.5), run("dqo", 0.5)], false).map(({ id }) => id);
	expect(ids[0]).toBe("accuracy");
	expect(ids.filter((id) => id === "klEstimate")).toHaveLength(1);
	expect(ids).toContain("valueLoss");
});

test("the base model is drawn only where all runs share it", () => {
	const reference = (a: number, b: number) => overlays([run("dqo", a), run("dqo", b)], false)[0]?.references;
	expect(reference(0.5, 0.5)).toHaveLength(1);
	expect(reference(0.5, 0.6)).toBeUndefined();
});
