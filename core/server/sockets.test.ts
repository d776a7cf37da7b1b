import { once } from "node:events";
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { EngineEvent } from "../contract/events.ts";
import { type ServerOptions, type StudioServer, startServer } from "./server.ts";
import { connect, enter, nextMessage, pageHeaders } from "./testing/http.ts";
import { type TestServed, testServed } from "./testing/served.ts";

let served: TestServed;
let server: StudioServer;
let headers: Record<string, string>;
let emit: (events: readonly EngineEvent[]) => void = () => {};

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
	served = testServed((_id, _after, listener) => {
		emit = listener;
		return () => {};
	});
	server = await startServer({ served, pageDir: served.dir, port: 0, ...options });
	headers = pageHeaders(server, await enter(server));
}
async function open(): Promise<WebSocket> {
	const socket = await connect(server, headers);
	if (!(socket instanceof WebSocket)) throw new Error(`refused: ${socket}`);
	return socket;
}
async function call(socket: WebSocket, method: string, input: unknown): Promise<unknown> {
	const reply = nextMessage(socket);
	socket.send(JSON.stringify({ type: "call", id: 1, method, input }));
	return reply;
}
function event(seq: number, message = ""): EngineEvent {
	return { schemaVersion: 1, type: "log", seq, time: new Date(0).toISOString(), message };
}

beforeEach(() => start());
afterEach(async () => {
	await server.close();
	rmSync(served.dir, { recursive: true, force: true });
});

describe("a window's socket", () => {
	it("answers calls and carries what is told to every window", async () => {
		const socket = await open();
		expect(await call(socket, "settings.get", {})).toMatchObject({ type: "result", output: { zoom: 100 } });
		const told = nextMessage(socket);
		served.hub.changed("runs");
		expect(await told).toEqual({ type: "push", push: { type: "changed", topic: "runs" } });
		expect(server.windows()).toBe(1);
	});

	it("is opened by our own page alone, with its cookie", async () => {
		const { Origin = "", Cookie = "" } = headers;
		expect(await connect(server, { Origin })).toBe(401);
		expect(await connect(server, { Origin, Cookie: `${Cookie}x` })).toBe(401);
		expect(await connect(server, { Cookie })).toBe(403);
		expect(await connect(server, { Cookie, Origin: "null" })).toBe(403);
		expect(await connect(server, { Cookie, Origin: "http://evil.example" })).toBe(403);
		expect(await connect(server, { Cookie, Origin: `http://localhost:${server.port}` })).toBe(403);
		expect(await connect(server, { Cookie, Origin, Host: `evil.example:${server.port}` })).toBe(403);
		expect(await connect(server, headers, "/other")).toBe(404);
		expect(server.windows()).toBe(0);
	});

	it("refuses a path outside the picked places", async () => {
		const socket = await open();
		for (const path of ["/etc/passwd", `${served.dir}/../../etc/passwd`, "etc/passwd", "\0"]) {
			expect(await call(socket, "data.add", { paths: [path] })).toMatchObject({
				type: "error",
				failure: { kind: "expected", error: { code: "usage" } },
			});
		}
		const inside = `${served.dir}/a.jsonl`;
		expect(await call(socket, "data.add", { paths: [inside] })).toMatchObject({ output: { ids: [inside] } });
	});

	it.each(["constructor", "__proto__", "toString", "data.none", ""])("has no call %j", async (method) => {
		const reply = await call(await open(), method, {});
		expect(reply).toMatchObject({ type: "error", failure: { kind: "expected", error: { code: "usage" } } });
	});

	it("is closed on a message that is too large", async () => {
		await server.close();
		await start({ limits: { maxMessageBytes: 10_000 } });
		const socket = await open();
		expect(await call(socket, "data.paste", { name: "a", text: "x".repeat(9000) })).toMatchObject({
			output: { id: "9000" },
		});
		socket.send("x".repeat(10_001));
		expect((await once(socket, "close"))[0]).toBe(1009);
	});

	it("is closed on what is not JSON, and passes over JSON that is no message", async () => {
		const socket = await open();
		socket.send(JSON.stringify({ type: "call", id: "x" }));
		socket.send(JSON.stringify([]));
		expect(await call(socket, "settings.get", {})).toMatchObject({ type: "result" });
		socket.send("{");
		expect((await once(socket, "close"))[0]).toBe(1007);
	});

	it("is let go when it answers no ping", async () => {
		await server.close();
		await start({ limits: { pingMs: 50 } });
		const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers, autoPong: false });
		const closed = once(socket, "close");
		await once(socket, "open");
		expect((await closed)[0]).toBe(1006);
		const lively = await open();
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(lively.readyState).toBe(WebSocket.OPEN);
	});

	it("that reads slowly gets every event, and hints once each when it has caught up", async () => {
		const socket = await open();
		socket.send(JSON.stringify({ type: "watch", runId: "r", after: 0 }));
		await call(socket, "settings.get", {});
		const seen: string[] = [];
		socket.on("message", (data) => {
			const { push } = JSON.parse(data.toString());
			seen.push(push.type === "changed" ? push.topic : push.events[0].seq);
		});
		socket.pause();
		const total = 400;
		// 20 MB: far more than the system's own buffers hold.
		for (let seq = 1; seq <= total; seq++) {
			emit([event(seq, "x".repeat(50_000))]);
			served.hub.push({ type: "changed", topic: seq % 2 === 0 ? "runs" : "data" });
		}
		socket.resume();
		await expect.poll(() => seen.filter((one) => typeof one === "number").length).toBe(total);
		expect(seen.filter((one) => typeof one === "number")).toEqual(
			Array.from({ length: total }, (_, i) => i + 1),
		);
		await expect.poll(() => seen.slice(-2).sort()).toEqual(["data", "runs"]);
		expect(seen.filter((one) => one === "runs").length).toBeLessThan(total / 4);
	});

	it("that reads nothing at all is let go before it fills the memory", async () => {
		await server.close();
		await start({ limits: { stuckBytes: 8 * 1024 ** 2 } });
		const socket = await open();
		socket.send(JSON.stringify({ type: "watch", runId: "r", after: 0 }));
		await call(socket, "settings.get", {});
		socket.pause();
		for (let seq = 1; seq <= 400; seq++) emit([event(seq, "x".repeat(100_000))]);
		await expect.poll(() => server.windows()).toBe(0);
		socket.terminate();
	});

	it("hears that the server ends", async () => {
		const socket = await open();
		const closed = once(socket, "close");
		await server.close();
		expect((await closed)[0]).toBe(1001);
		await start();
	});
});
