import { expect, it } from "vitest";
import { CrashGuard, noticeFor } from "./notices.ts";

const ended = {
	type: "notice",
	level: "good",
	title: "first ended",
	text: "88.1 %",
	route: "/runs/first",
} as const;

it("tells of what ended while the window is not in front, if the user wants it", () => {
	const away = { inFront: false, notify: true };
	expect(noticeFor(ended, away)).toEqual({ title: "first ended", body: "88.1 %", route: "/runs/first" });
	expect(noticeFor(ended, { ...away, inFront: true })).toBeNull();
	expect(noticeFor(ended, { ...away, notify: false })).toBeNull();
	expect(noticeFor({ type: "changed", topic: "runs" }, away)).toBeNull();
});

it("loads a crashed page again, but not one that keeps crashing", () => {
	const guard = new CrashGuard();
	expect([0, 1, 2, 3].map((second) => guard.mayReload(second * 1000))).toEqual([true, true, true, false]);
	expect(guard.mayReload(120_000)).toBe(true);
});
