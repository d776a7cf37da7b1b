import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type ApiInput, type ApiMethod, type ApiOutput, api } from "../contract/api.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { answer } from "./router.ts";
import { createStudio, type Studio } from "./studio.ts";
import { writeScored } from "./testing/services.ts";

const WAIT = { timeout: 60_000, interval: 50 };
let studio: Studio | null = null;
afterEach(async () => {
	await studio?.close();
	studio = null;
});

const open = (dataDir: string) => {
	const hooks = { shell: "browser", pick: null, reveal: null } as const;
	studio = createStudio({ dataDir, roots: [], hooks, engine: {}, version: "0.0.0" });
	return studio;
};

/** A call as a window makes it: input and output checked against the contract. */
async function call<M extends ApiMethod>(method: M, input: ApiInput<M>): Promise<ApiOutput<M>> {
	if (studio === null) throw new Error("no studio is open");
	const reply = await answer(studio.handlers, method, input);
	if (!reply.ok) throw new Error(`${method}: ${JSON.stringify(reply.failure)}`);
	return reply.output as ApiOutput<M>;
}

test("every call has a handler, and an empty app answers all that takes no input", async () => {
	const { handlers } = open(temporaryFolder());
	expect(Object.keys(handlers).sort()).toEqual(Object.keys(api).sort());
	expect(await call("runs.list", {})).toEqual({ runs: [] });
	expect(await call("sweeps.list", {})).toEqual({ sweeps: [] });
	expect(await call("tasks.list", {})).toEqual({ tasks: [] });
	expect(await call("queue.list", {})).toEqual({ items: [], paused: false });
	expect((await call("models.list", {})).models.map(({ id }) => id)).toContain("starter");
	expect((await call("runs.presets", {})).presets).toHaveLength(6);
	expect((await call("devices.list", {})).devices[0]).toMatchObject({ provider: "cpu", inUse: true });
	expect((await call("storage.usage", {})).parts).toHaveLength(7);
	expect(await call("settings.set", { theme: "dark" })).toMatchObject({ theme: "dark", zoom: 100 });
	expect(await call("settings.set", { zoom: 110 })).toMatchObject({ theme: "dark", zoom: 110 });
	expect(await call("app.info", {})).toMatchObject({ shell: "browser", version: "0.0.0" });
	const meter = await call("system.meter", {});
	expect(meter.memoryUsedBytes).toBeGreaterThan(0);
	await call("devices.test", { provider: "cpu" });
	await expect.poll(async () => (await call("devices.list", {})).devices[0]?.state, WAIT).toBe("works");
});

test("from a file to a trained model and its export, as a window does it", async () => {
	const dataDir = temporaryFolder();
	open(dataDir);
	writeScored(join(dataDir, "scored.jsonl"), 24);
	const { ids } = await call("data.add", { paths: [join(dataDir, "scored.jsonl")] });
	const [dataId] = ids;
	if (dataId === undefined) throw new Error("the file was not added");
	await expect.poll(async () => (await call("data.get", { id: dataId })).state, WAIT).toBe("ready");
	const draft: ApiInput<"runs.start"> = {
		name: "First",
		modelId: "starter",
		dataId,
		validationDataId: "starter-validation",
		fields: { method: "rs", globalBatch: 8, evalLimit: 8, maxResponseTokens: 64, epochs: 1 },
		space: {},
		search: { method: "grid", trials: null, minSteps: null },
	};
	expect((await call("runs.plan", draft)).problems).toEqual([]);
	const { id } = await call("runs.start", draft);
	await expect.poll(async () => (await call("runs.get", { id })).summary.state, WAIT).toBe("completed");
	const detail = await call("runs.get", { id });
	expect(detail).toMatchObject({
		summary: { name: "First", modelName: "Starter", dataName: "scored.jsonl" },
	});
	expect(detail.checkpoints.at(-1)?.bytes).toBeGreaterThan(1000);
	await expect
		.poll(async () => (await call("runs.plan", draft)).warnings.map(({ title }) => title), WAIT)
		.toContain("Trained already");
	const { formats } = await call("exports.formats", { runId: id, checkpoint: "best", parentDir: null });
	expect(formats.map(({ format, available }) => [format, available])).toEqual([
		["hf", true],
		["peft", true],
		["gguf", true],
		["onnx", true],
	]);
	const adapter = {
		kind: "export",
		name: "Adapter",
		runId: id,
		checkpoint: "best",
		format: "peft",
		dtype: null,
		parentDir: null,
	} as const;
	// Two at once are given two folders.
	const exports = await Promise.all([call("tasks.start", adapter), call("tasks.start", adapter)]);
	for (const task of exports)
		await expect.poll(async () => (await call("tasks.get", task)).state, WAIT).toBe("completed");
	const results = await Promise.all(exports.map(async (task) => (await call("tasks.get", task)).result));
	expect(results).toMatchObject([
		{ dir: join(dataDir, "exports", `${id}-peft`) },
		{ dir: join(dataDir, "exports", `${id}-peft-2`) },
	]);
	expect(readdirSync(join(dataDir, "exports"))).toHaveLength(2);
	await call("runs.annotate", { id, note: "good" });
	await call("runs.rename", { id, name: "Second" });
	await studio?.close();
	open(dataDir);
	const [listed] = (await call("runs.list", {})).runs;
	expect(listed).toMatchObject({ id, name: "Second", note: "good", state: "completed" });
	expect((await call("compare.heldOut", { runIds: [id] })).n).toBe(8);
	await call("runs.remove", { id });
	expect((await call("runs.list", {})).runs).toEqual([]);
});
