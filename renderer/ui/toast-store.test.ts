import { beforeEach, describe, expect, it } from "vitest";
import { toast, useToasts } from "./toast-store.ts";

const entries = () => useToasts.getState().entries;

describe("toasts", () => {
	beforeEach(() => {
		for (const { id } of entries()) useToasts.getState().close(id);
		useToasts.getState().clear();
	});

	it("keeps a closed one in the bell's list, newest first", () => {
		const first = toast({ title: "Run 014 finished" });
		toast({ title: "Export finished" });
		useToasts.getState().close(first);
		expect(entries().map(({ title, open, read }) => [title, open, read])).toEqual([
			["Export finished", true, false],
			["Run 014 finished", false, false],
		]);
	});

	it("clears what has left the window, and forgets beyond fifty", () => {
		const closed = toast({ title: "closed" });
		useToasts.getState().close(closed);
		toast({ title: "open" });
		useToasts.getState().clear();
		expect(entries().map(({ title }) => title)).toEqual(["open"]);
		for (let index = 0; index < 60; index++) toast({ title: `${index}` });
		expect(entries()).toHaveLength(50);
		expect(new Set(entries().map(({ id }) => id)).size).toBe(50);
	});
});
