import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StudioServer, startServer } from "./server.ts";
import { ask, enter, pageHeaders } from "./testing/http.ts";
import { type TestServed, testServed } from "./testing/served.ts";
import { isPlainName } from "./upload.ts";

let served: TestServed;
let server: StudioServer;
let headers: Record<string, string>;
beforeAll(async () => {
	served = testServed();
	mkdirSync(served.uploads.importsDir, { recursive: true });
	writeFileSync(join(served.uploads.importsDir, ".upload.tmp-1-1"), "of a server that was ended");
	server = await startServer({ served, pageDir: served.dir, port: 0, keptFreeBytes: 0 });
	headers = pageHeaders(server, await enter(server));
});
afterAll(async () => {
	await server.close();
	rmSync(served.dir, { recursive: true, force: true });
});
const put = (name: string, body: Buffer | string, more: Record<string, string> = {}) =>
	ask(server, `/upload?name=${encodeURIComponent(name)}`, {
		method: "PUT",
		headers: { ...headers, ...more },
		body,
	});
const imports = () => (existsSync(served.uploads.importsDir) ? readdirSync(served.uploads.importsDir) : []);

it("deletes at its start what broke off when the last server was ended", () => {
	expect(imports()).toEqual([]);
});

describe("an upload", () => {
	it("lies in the imports folder, whole", async () => {
		const body = Buffer.alloc(3_000_000, "row\n");
		const reply = await put("größe 1.jsonl", body);
		expect(reply.status).toBe(201);
		const { path } = JSON.parse(reply.text);
		expect(path).toBe(join(served.uploads.importsDir, "größe 1.jsonl"));
		expect(readFileSync(path).equals(body)).toBe(true);
	});

	it.each([
		"../evil.jsonl",
		"..\\evil.jsonl",
		"/etc/evil",
		"C:\\evil",
		"a/b.jsonl",
		"a\0b",
		"..",
		".",
		"",
		".hidden",
		"a\nb",
		"ü".repeat(101),
	])("may not be named %j", async (name) => {
		const before = imports();
		const reply = await put(name, "data");
		expect(reply.status).toBe(400);
		expect(JSON.parse(reply.text).failure.error.code).toBe("usage");
		expect(imports()).toEqual(before);
		expect(isPlainName(name)).toBe(false);
	});

	it("is refused without a cookie, and from another page", async () => {
		const { Origin = "", Cookie = "" } = headers;
		for (const [status, own] of [
			[401, { Origin }],
			[401, { Origin, Cookie: "dqo-session-1=x" }],
			[403, { Cookie }],
			[403, { Cookie, Origin: "null" }],
			[403, { Cookie, Origin: "http://evil.example" }],
			[403, { Cookie, Origin: `http://localhost:${server.port}` }],
			[403, { Cookie, Origin: `https://127.0.0.1:${server.port}` }],
			[403, { Cookie, Origin, Host: "evil.example" }],
		] as const) {
			const reply = await ask(server, "/upload?name=a.jsonl", { method: "PUT", headers: own, body: "x" });
			expect(reply.status).toBe(status);
		}
		expect(imports()).not.toContain("a.jsonl");
	});

	it("is a PUT and nothing else", async () => {
		for (const method of ["GET", "POST", "DELETE"]) {
			const reply = await ask(server, "/upload?name=a.jsonl", { method, headers });
			expect([reply.status, reply.headers.allow]).toEqual([405, "PUT"]);
		}
	});

	it("leaves nothing behind when it breaks off", async () => {
		const before = imports();
		const broken = ask(server, "/upload?name=broken.jsonl", {
			method: "PUT",
			headers: { ...headers, "Content-Length": "1000000" },
			body: "half",
			during: (end) => setTimeout(end, 100),
		});
		await expect(broken).rejects.toThrow();
		await expect.poll(imports).toEqual(before);
	});

	it("that does not fit on the disk is refused, announced or not", async () => {
		const full = await startServer({
			served,
			pageDir: served.dir,
			port: 0,
			keptFreeBytes: Number.MAX_SAFE_INTEGER,
		});
		const own = pageHeaders(full, await enter(full));
		const before = imports();
		const announced: Record<string, string>[] = [
			{ "Content-Length": "5" },
			{ "Transfer-Encoding": "chunked" },
		];
		for (const length of announced) {
			const reply = await ask(full, "/upload?name=big.jsonl", {
				method: "PUT",
				headers: { ...own, ...length },
				body: "large",
			});
			expect(reply.status).toBe(507);
			expect(JSON.parse(reply.text).failure.error.code).toBe("disk-full");
		}
		await full.close();
		expect(imports()).toEqual(before);
	});

	it("goes nowhere else, whatever the target says", async () => {
		mkdirSync(join(served.dir, "elsewhere"), { recursive: true });
		const astray = { ...served.uploads, importTarget: () => join(served.dir, "elsewhere", "x.jsonl") };
		const other = await startServer({
			served: { ...served, uploads: astray },
			pageDir: served.dir,
			port: 0,
			keptFreeBytes: 0,
		});
		const reply = await ask(other, "/upload?name=x.jsonl", {
			method: "PUT",
			headers: pageHeaders(other, await enter(other)),
			body: "x",
		});
		await other.close();
		expect(reply.status).toBe(500);
		expect(imports().filter((name) => name.startsWith("."))).toEqual([]);
		expect(readdirSync(join(served.dir, "elsewhere"))).toEqual([]);
	});

	it("never writes over a file", async () => {
		mkdirSync(served.uploads.importsDir, { recursive: true });
		writeFileSync(join(served.uploads.importsDir, "mine.jsonl"), "mine");
		const reply = await put("mine.jsonl", "other");
		expect(reply.status).toBe(500);
		expect(readFileSync(join(served.uploads.importsDir, "mine.jsonl"), "utf8")).toBe("mine");
		expect(imports().filter((name) => name.startsWith("."))).toEqual([]);
	});
});
