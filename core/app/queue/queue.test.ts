import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appFolder } from "../testing/services.ts";
import { Queue } from "./queue.ts";

test("work begins and ends where the order cannot be written, and windows are told", async () => {
	const { context, dataDir, hub, pushes } = appFolder();
	const queue = new Queue(context);
	const done: string[] = [];
	queue.register("task", {
		run: async (id) => {
			rmSync(join(dataDir, "queue.json"), { recursive: true, force: true });
			// A file cannot take the place of a folder.
			mkdirSync(join(dataDir, "queue.json"));
			await null;
			done.push(id);
		},
		name: (id) => id,
		secondsLeft: () => null,
		removed: () => {},
	});
	queue.pause(true);
	queue.add("task", "first");
	queue.add("task", "second");
	expect(() => queue.pause(false)).not.toThrow();
	await expect.poll(() => done).toEqual(["first", "second"]);
	await queue.close();
	expect(pushes).toContainEqual(
		expect.objectContaining({ type: "notice", title: "The queue could not be saved" }),
	);
	expect(queue.list().items).toEqual([]);
	hub.close();
});
