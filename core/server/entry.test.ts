import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StudioServer, startServer } from "./server.ts";
import { ask, enter } from "./testing/http.ts";
import { type TestServed, testServed } from "./testing/served.ts";

let served: TestServed;
let server: StudioServer;
let cookie = "";
beforeAll(async () => {
	served = testServed();
	const pageDir = join(served.dir, "page");
	mkdirSync(join(pageDir, "assets"), { recursive: true });
	writeFileSync(join(pageDir, "index.html"), "<!doctype html><title>DQO Studio</title>");
	writeFileSync(join(pageDir, "assets", "main-Ab3dEf9h.js"), "console.log(1);".repeat(100));
	writeFileSync(join(pageDir, ".env"), "SECRET");
	writeFileSync(join(pageDir, "program.exe"), "SECRET");
	writeFileSync(join(served.dir, "secret.txt"), "SECRET");
	symlinkSync(join(served.dir, "secret.txt"), join(pageDir, "assets", "link.txt"));
	server = await startServer({ served, pageDir, port: 0, hostNames: ["studio.example", "box:9000"] });
	cookie = await enter(server);
});
afterAll(async () => {
	await server.close();
	rmSync(served.dir, { recursive: true, force: true });
});
const get = (path: string, headers: Record<string, string> = { Cookie: cookie }) =>
	ask(server, path, { headers });

describe("coming in", () => {
	it("works once with a link, and leaves no token in the address", async () => {
		const link = new URL(server.newLink());
		const first = await get(`/?token=${link.searchParams.get("token")}`, {});
		expect([first.status, first.headers.location]).toEqual([303, "/"]);
		expect(first.headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; SameSite=Strict$/);
		const again = await get(`/?token=${link.searchParams.get("token")}`, {});
		expect(again.status).toBe(401);
		expect(again.headers["set-cookie"]).toBeUndefined();
		expect(again.text).toContain("Press Enter in the terminal");
	});

	it("is refused without a token, with a wrong one, and with a made-up cookie", async () => {
		const name = cookie.split("=")[0];
		for (const [path, headers] of [
			["/", {}],
			["/?token=", {}],
			[`/?token=${"A".repeat(43)}`, {}],
			["/", { Cookie: `${name}=${"A".repeat(43)}` }],
			["/", { Cookie: `${name}=` }],
			["/assets/main-Ab3dEf9h.js", {}],
		] as const) {
			const reply = await get(path, headers);
			expect([path, reply.status]).toEqual([path, 401]);
			expect(reply.text).not.toContain("console.log");
		}
	});

	it("keeps a link that is only looked at", async () => {
		const { search } = new URL(server.newLink());
		expect((await ask(server, `/${search}`, { method: "HEAD" })).status).toBe(204);
		expect((await get(`/${search}`, {})).status).toBe(303);
	});

	it("lets a browser that was let in open an old link", async () => {
		const { search } = new URL(server.newLink());
		await get(`/${search}`, {});
		expect((await get(`/${search}`)).status).toBe(303);
	});

	it("tells the page whether it is let in", async () => {
		expect((await get("/session")).status).toBe(204);
		expect((await get("/session", {})).status).toBe(401);
	});

	it("forgets the oldest link when many were made", async () => {
		const { search } = new URL(server.newLink());
		for (let i = 0; i < 8; i++) server.newLink();
		expect((await get(`/${search}`, {})).status).toBe(401);
	});
});

describe("the host", () => {
	it.each([
		"evil.example",
		"127.0.0.1",
		"127.0.0.1:1",
		"localhost:1",
		"evil.example:PORT",
		"127.0.0.1.evil.example:PORT",
		"localhost:PORT@evil.example",
		"box",
		"box:9001",
	])("%s is refused, as a rebound name would be", async (host) => {
		const reply = await get("/", { Host: host.replace("PORT", String(server.port)), Cookie: cookie });
		expect(reply.status).toBe(403);
	});

	it.each([
		"127.0.0.1:PORT",
		"LOCALHOST:PORT",
		"[::1]:PORT",
		"studio.example",
		"studio.example:PORT",
		"box:9000",
	])("%s is ours", async (host) => {
		const reply = await get("/", { Host: host.replace("PORT", String(server.port)), Cookie: cookie });
		expect(reply.status).toBe(200);
	});
});

describe("the page", () => {
	it("comes with headers that keep it to itself", async () => {
		const { headers, text } = await get("/");
		expect(text).toContain("DQO Studio");
		expect(headers["content-type"]).toBe("text/html; charset=utf-8");
		expect(headers["cache-control"]).toBe("no-cache");
		const policy = String(headers["content-security-policy"]).split("; ");
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("script-src 'self'");
		expect(policy.find((part) => part.startsWith("style-src"))).not.toContain("unsafe");
		expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port}`);
		expect(policy).toContain("frame-ancestors 'none'");
		expect(headers).toMatchObject({
			"x-content-type-options": "nosniff",
			"referrer-policy": "no-referrer",
			"cross-origin-opener-policy": "same-origin",
			"cross-origin-resource-policy": "same-origin",
		});
		expect(headers["access-control-allow-origin"]).toBeUndefined();
	});

	it("has assets that never change, compressed where the browser can take it", async () => {
		const plain = await get("/assets/main-Ab3dEf9h.js");
		expect(plain.headers["content-type"]).toBe("text/javascript; charset=utf-8");
		expect(plain.headers["cache-control"]).toContain("immutable");
		const zipped = await get("/assets/main-Ab3dEf9h.js", { Cookie: cookie, "Accept-Encoding": "gzip, br" });
		expect(zipped.headers["content-encoding"]).toBe("gzip");
		expect(gunzipSync(zipped.body)).toEqual(plain.body);
		expect(zipped.body.length).toBeLessThan(plain.body.length);
	});

	it.each([
		"/../secret.txt",
		"/assets/../../secret.txt",
		"/%2e%2e/secret.txt",
		"/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
		"/..%5csecret.txt",
		"/assets\\..\\..\\secret.txt",
		"/%252e%252e/secret.txt",
		"//etc/passwd",
		"/%2Fetc%2Fpasswd",
		"/C:%5CWindows%5Cwin.ini",
		"/index.html%00.png",
		"/%00",
		"/%",
		"/assets/link.txt",
		"/.env",
		"/program.exe",
		"/assets",
		"/assets/",
		"http://evil.example/index.html",
	])("%s is not part of it", async (path) => {
		const reply = await get(path);
		expect(reply.status).toBe(404);
		expect(reply.text).not.toMatch(/SECRET|root:/);
	});

	it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("does not answer %s", async (method) => {
		const reply = await ask(server, "/", { method, headers: { Cookie: cookie } });
		expect([reply.status, reply.headers.allow]).toEqual([405, "GET, HEAD"]);
		expect(reply.headers["access-control-allow-methods"]).toBeUndefined();
	});

	it("says how to build it where it is not built", async () => {
		const other = await startServer({ served, pageDir: join(served.dir, "none"), port: 0 });
		const reply = await ask(other, "/", { headers: { Cookie: await enter(other) } });
		await other.close();
		expect(reply.status).toBe(503);
		expect(reply.text).toContain("npm run build");
	});
});

it("a taken port is an expected error", async () => {
	const start = startServer({ served, pageDir: served.dir, port: server.port });
	await expect(start).rejects.toMatchObject({ code: "usage", message: `Port ${server.port} is in use.` });
});
