import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { placementText, readPlacement } from "../runtime/placement.ts";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { PlacementReport } from "./placement-report.ts";
import { SESSION, tinyConfig, tinyModel, tinyReference } from "./testing/tiny.ts";
import { eightTrajectories } from "./testing/trajectories.ts";
import { Trainer } from "./trainer.ts";

it("names the nodes that fell back, the most frequent first, and counts all", () => {
	const on = (provider: string, op: string, nodes: number) => ({ provider, op, nodes });
	const placed = [on("webgpu", "MatMul", 1828), on("cpu", "Gather", 8), on("cpu", "Cast", 4)];
	expect(placementText("the training step", placed, "webgpu")).toBe(
		"12 of 1,840 nodes of the training step run on the CPU: Gather 8, Cast 4. What crosses to it costs time.",
	);
	expect(placementText("the training step", placed.slice(0, 1), "webgpu")).toBe(
		"All 1,828 nodes of the training step run on webgpu.",
	);
	const kinds = Array.from({ length: 10 }, (_, i) => on("cpu", `Op${i}`, 1));
	expect(placementText("a graph", kinds, "cuda")).toMatch(/^10 of 10 nodes .*Op7 1 and 2 other kinds\./);
});

it("profiles the training graph's first run alone, in a session that goes on", async () => {
	const source = await tinyModel();
	const trajectories = eightTrajectories();
	const report = PlacementReport.begin(temporaryFolder(), "webgpu") as PlacementReport;
	const { profileDir } = report;
	const trainer = await Trainer.create({
		source,
		trajectories,
		reference: await tinyReference(source, trajectories),
		// Several micro-batches a step.
		config: tinyConfig({ method: "dqo", microTokens: 40 }),
		session: SESSION,
		profileDir,
	});
	try {
		await trainer.step();
		const sizes = () => readdirSync(profileDir).map((name) => statSync(join(profileDir, name)).size);
		const written = sizes();
		expect(written).toHaveLength(1);
		const placed = await readPlacement(profileDir);
		expect(new Set(placed.map(({ provider }) => provider))).toEqual(new Set(["cpu"]));
		const all = placed.reduce((sum, { nodes }) => sum + nodes, 0);
		expect(all).toBeGreaterThan(200);
		await trainer.step();
		expect(sizes()).toEqual(written);
		// Session, loading and one event a node: a second run would have doubled it.
		expect(written[0]).toBeLessThan(1000 * all);

		const count = all.toLocaleString("en");
		expect(await report.sentence()).toContain(
			`${count} of ${count} nodes of the training step run on the CPU: `,
		);
		expect(() => readdirSync(profileDir)).toThrow(/ENOENT/);
		expect(await report.sentence()).toBeNull();
	} finally {
		await trainer.release();
	}
});

it("says that a profile could not be read instead of ending the run", async () => {
	const report = PlacementReport.begin(temporaryFolder(), "cuda") as PlacementReport;
	report.end();
	expect(await report.sentence()).toMatch(/is not known: ENOENT/);
});
