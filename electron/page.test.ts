import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pageHandler } from "./page.ts";

let dir = "";
let answer: (request: Request) => Promise<Response>;
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-page-"));
	writeFileSync(join(dir, "index.html"), "<!doctype html>");
	answer = pageHandler(dir);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it("gives the page with the headers that browsers get", async () => {
	const response = await answer(new Request("app://studio/"));
	expect(response.status).toBe(200);
	expect(await response.text()).toBe("<!doctype html>");
	expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
	const policy = response.headers.get("content-security-policy");
	expect(policy).toContain("default-src 'none'; script-src 'self'");
	expect(policy).toContain("connect-src 'self';");
});

it("gives nothing else", async () => {
	expect((await answer(new Request("app://studio/none.js"))).status).toBe(404);
	expect((await answer(new Request("app://studio/%2e%2e%2fsecret"))).status).toBe(404);
	expect((await answer(new Request("app://other/"))).status).toBe(403);
	expect((await answer(new Request("app://studio/", { method: "POST" }))).status).toBe(403);
});
