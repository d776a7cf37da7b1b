import { expect, it } from "vitest";
import { decideNavigation, isOwnFrame, routeUrl } from "./navigation.ts";

it.each([
	["app://studio/", "inside"],
	["app://studio/#/runs", "inside"],
	["https://arxiv.org/abs/2410.09302", "ask"],
	["http://example.com/", "refuse"],
	["https://user:secret@example.com/", "refuse"],
	["file:///etc/passwd", "refuse"],
	["app://other/", "refuse"],
	["app://studio.example/", "refuse"],
	["app://user@studio:80/", "refuse"],
	["javascript:alert(1)", "refuse"],
	["data:text/html,x", "refuse"],
	["ms-msdt:/id", "refuse"],
	["smb://host/share", "refuse"],
	["", "refuse"],
	["nothing", "refuse"],
])("%s is %s", (url, decision) => {
	expect(decideNavigation(url)).toBe(decision);
});

it("only the page itself may send, not a frame inside it and not another page", () => {
	expect(isOwnFrame({ url: "app://studio/#/runs", parent: null })).toBe(true);
	expect(isOwnFrame({ url: "app://studio/", parent: {} })).toBe(false);
	expect(isOwnFrame({ url: "https://studio/", parent: null })).toBe(false);
	expect(isOwnFrame({ url: "", parent: null })).toBe(false);
	expect(isOwnFrame(null)).toBe(false);
});

it("routes stay within the page", () => {
	expect(routeUrl("/runs/first")).toBe("app://studio/#/runs/first");
	expect(routeUrl("https://example.com")).toBeNull();
	expect(routeUrl("//example.com")).toBeNull();
});
