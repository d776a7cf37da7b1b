import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import { Clock, runStages, type Stage, StageStore } from "./stages.ts";

const number = z.number();
const clockOf = (stages: readonly Stage[]) => new Clock(stages.length, stages.length, 2);

describe("runStages", () => {
	it("does what has no result, in order, a few at a time, and nothing twice", async () => {
		const store = new StageStore(temporaryFolder());
		const began: string[] = [];
		let [running, most] = [0, 0];
		const stages = ["a", "b", "c", "d"].map(
			(id, i): Stage => ({
				id,
				seconds: 1,
				run: async () => {
					began.push(id);
					most = Math.max(most, ++running);
					await new Promise((resolve) => setTimeout(resolve, 5));
					running--;
					return i;
				},
			}),
		);
		store.write("b", 1, 100);
		const done: number[] = [];
		await runStages(stages, store, 2, clockOf(stages), (progress) => done.push(progress.done));
		expect(began).toEqual(["a", "c", "d"]);
		expect(most).toBe(2);
		expect(done).toEqual([2, 3, 4]);
		expect(stages.map(({ id }) => store.read(id, number))).toEqual([0, 100, 2, 3]);
		await runStages(stages, store, 2, clockOf(stages), () => expect.unreachable());
		expect(began).toHaveLength(3);
	});

	it("starts nothing new after a failure, keeps what ends well, and throws the failure", async () => {
		const store = new StageStore(temporaryFolder());
		const stage = (id: string, run: () => Promise<unknown>): Stage => ({ id, seconds: 1, run });
		const stages = [
			stage("bad", async () => Promise.reject(new Error("no disk"))),
			stage("good", () => new Promise((resolve) => setTimeout(() => resolve(1), 10))),
			stage("later", async () => 2),
		];
		await expect(runStages(stages, store, 2, clockOf(stages), () => {})).rejects.toThrow("no disk");
		expect(stages.map(({ id }) => store.has(id))).toEqual([false, true, false]);
	});

	it("refuses a result of another form", () => {
		const store = new StageStore(temporaryFolder());
		store.write("a", 1, "text");
		expect(() => store.read("a", number)).toThrow();
	});
});

it("reads a result of version 1: values without an AUC within prompts, and all others as they are", () => {
	const store = new StageStore(temporaryFolder());
	const write = (id: string, result: unknown) =>
		writeFileSync(
			join(store.dir, `${id}.json`),
			JSON.stringify({ schemaVersion: 1, id, seconds: 1, result }),
		);
	write("values", { rows: 3, checkpoints: [{ step: 5, auc: 0.7 }] });
	write("trial", { accuracy: 0.5 });
	const any = z.unknown();
	expect(store.read("values", any)).toEqual({
		rows: 3,
		checkpoints: [{ step: 5, auc: 0.7, aucWithinPrompt: null }],
	});
	expect(store.read("trial", any)).toEqual({ accuracy: 0.5 });
});

describe("Clock", () => {
	it("starts from the expected pace and learns the real one", () => {
		let now = 0;
		const clock = new Clock(3, 300, 2, () => now);
		// 60 s of work, at 2 at a time expected in 30 s, took 90 s: pace (90 + 30) / (60 + 60) = 1 for the 240 s left.
		now = 90_000;
		expect(clock.finish({ id: "a", seconds: 60 })).toEqual({ id: "a", done: 1, total: 3, secondsLeft: 240 });
		clock.skip({ seconds: 100 });
		expect(clock.finish({ id: "c", seconds: 140 })).toMatchObject({ done: 3, secondsLeft: 0 });
	});
});
