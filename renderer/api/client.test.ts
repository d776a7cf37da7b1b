import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WebSocket as NodeSocket, WebSocketServer, WebSocket as WsClient } from "ws";
import { Hub } from "../../core/app/hub.ts";
import { WindowSession } from "../../core/app/window.ts";
import { type ApiHandlers, api } from "../../core/contract/api.ts";
import { AppError } from "../../core/contract/errors.ts";
import type { EngineEvent } from "../../core/contract/events.ts";
import { ApiClient } from "./client.ts";
import { SocketBridge } from "./socket-bridge.ts";

/** A program with one run, whose events grow, and a server for it that can be taken down and put up again. */
let events: EngineEvent[] = [];
let streams = new Set<() => void>();
let server: WebSocketServer;
let port = 0;
let admitted = true;
let settingsAsked = 0;
let holdAnswers: Promise<void> = Promise.resolve();
const hub = new Hub();
const handlers = {
	...(Object.fromEntries(
		Object.keys(api).map((name) => [name, async () => Promise.reject(new Error("not part of this test"))]),
	) as unknown as ApiHandlers),
	"settings.get": async () => {
		settingsAsked++;
		await holdAnswers;
		return api["settings.get"].output.parse({});
	},
	"data.get": async ({ id }: { id: string }) => {
		throw new AppError({ code: "file-missing", message: `${id} is gone.`, hint: "Add it again." });
	},
} satisfies ApiHandlers;

function watchRun(_id: string, after: number, listener: (events: readonly EngineEvent[]) => void) {
	let sent = after;
	const flush = () => {
		const next = events.slice(sent);
		sent = events.length;
		if (next.length > 0) listener(next);
	};
	streams.add(flush);
	flush();
	return () => streams.delete(flush);
}
function grow(count: number): void {
	for (let i = 0; i < count; i++) {
		const seq = events.length + 1;
		const time = new Date(0).toISOString();
		events.push({ schemaVersion: 1, type: "log", seq, time, message: "" });
		for (const flush of streams) flush();
	}
}
async function up(): Promise<void> {
	server = new WebSocketServer({ host: "127.0.0.1", port });
	server.on("connection", (socket: NodeSocket) => {
		const send = (message: unknown) => socket.send(JSON.stringify(message));
		const window = new WindowSession({ handlers, hub, watchRun, send });
		socket.on("message", (data) => void window.receive(JSON.parse(data.toString())));
		socket.on("close", () => window.close());
	});
	await once(server, "listening");
	port = (server.address() as AddressInfo).port;
}
async function down(): Promise<void> {
	for (const socket of server.clients) socket.terminate();
	await new Promise((resolve) => server.close(resolve));
}

let bridge: SocketBridge;
let client: ApiClient;
function open(): void {
	bridge = new SocketBridge({
		open: () => new WsClient(`ws://127.0.0.1:${port}`) as unknown as WebSocket,
		admitted: async () => admitted,
		upload: async (file) => file.name,
		firstWaitMs: 20,
	});
	client = new ApiClient(bridge);
}
beforeEach(async () => {
	events = [];
	streams = new Set();
	admitted = true;
	settingsAsked = 0;
	holdAnswers = Promise.resolve();
	port = 0;
	await up();
	open();
});
afterEach(async () => {
	bridge.close();
	await down();
});

/** Watches and remembers the numbers of what came. */
function watch(after: number) {
	const seen: number[] = [];
	const end = client.watchRun("r", after, (got) => void seen.push(...got.map((event) => event.seq)));
	return { seen, end };
}
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + 1 + i);
const nextConnection = () =>
	new Promise<boolean>((resolve) => {
		const end = client.onConnection((connected) => {
			end();
			resolve(connected);
		});
	});

describe("calls", () => {
	it("made before the connection stands are answered", async () => {
		expect(bridge.connected).toBe(false);
		expect((await client.call("settings.get", {})).zoom).toBe(100);
	});

	it("that fail carry what went wrong", async () => {
		await expect(client.call("data.get", { id: "a" })).rejects.toMatchObject({
			name: "ApiError",
			message: "a is gone.",
			code: "file-missing",
			hint: "Add it again.",
		});
		await expect(client.call("runs.list", {})).rejects.toMatchObject({
			failure: { kind: "bug", message: "not part of this test" },
			code: null,
		});
	});

	it("under way when the connection goes fail, and are not repeated", async () => {
		await client.call("settings.get", {});
		let answer = () => {};
		holdAnswers = new Promise((resolve) => {
			answer = resolve;
		});
		const call = client.call("settings.get", {});
		await expect.poll(() => settingsAsked).toBe(2);
		const failed = expect(call).rejects.toMatchObject({ code: "cancelled" });
		await down();
		await failed;
		answer();
		const back = nextConnection();
		const waiting = client.call("settings.get", {});
		await up();
		expect(await back).toBe(true);
		expect((await waiting).zoom).toBe(100);
		expect(settingsAsked).toBe(3);
	});
});

describe("a run that is watched", () => {
	it("loses no event and gets none twice, however often the connection goes", async () => {
		grow(5);
		const { seen } = watch(2);
		await expect.poll(() => seen).toEqual([3, 4, 5]);
		for (let round = 0; round < 3; round++) {
			grow(10);
			await down();
			grow(10);
			await up();
			grow(10);
			await expect.poll(() => seen.length).toBe(3 + 30 * (round + 1));
		}
		expect(seen).toEqual(upTo(2, events.length));
	});

	it("is given to each of several watchers from where it asked", async () => {
		grow(20);
		const late = watch(18);
		await expect.poll(() => late.seen).toEqual([19, 20]);
		const early = watch(0);
		grow(5);
		await expect.poll(() => early.seen.length).toBe(25);
		grow(5);
		await expect.poll(() => late.seen.length).toBe(12);
		expect(early.seen).toEqual(upTo(0, 30));
		expect(late.seen).toEqual(upTo(18, 30));
	});

	it("is no longer sent once nobody watches", async () => {
		grow(1);
		const first = watch(0);
		const second = watch(0);
		await expect.poll(() => [first.seen, second.seen]).toEqual([[1], [1]]);
		first.end();
		grow(1);
		await expect.poll(() => second.seen).toEqual([1, 2]);
		second.end();
		await expect.poll(() => streams.size).toBe(0);
		expect(first.seen).toEqual([1]);
	});
});

describe("the connection", () => {
	it("is told when it goes and when it is back, and pushes go on", async () => {
		const told: boolean[] = [];
		client.onConnection((connected) => told.push(connected));
		await client.call("settings.get", {});
		await down();
		await expect.poll(() => told).toEqual([true, false]);
		await up();
		await expect.poll(() => told).toEqual([true, false, true]);
		const pushed = new Promise((resolve) => client.onPush(resolve));
		hub.changed("data");
		expect(await pushed).toEqual({ type: "changed", topic: "data" });
	});

	it("that cannot be made at first is told as well, once", async () => {
		bridge.close();
		await down();
		open();
		const told: boolean[] = [];
		client.onConnection((connected) => told.push(connected));
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(told).toEqual([false]);
		await up();
		await expect.poll(() => told).toEqual([false, true]);
	});

	it("tells a refusal apart from a program that is gone", async () => {
		await client.call("settings.get", {});
		const refused: boolean[] = [];
		bridge.onRefused((one) => refused.push(one));
		await down();
		await new Promise((resolve) => setTimeout(resolve, 150));
		expect(refused).toEqual([]);
		admitted = false;
		await expect.poll(() => refused).toContain(true);
		await up();
		await expect.poll(() => refused.at(-1)).toBe(false);
	});
});
