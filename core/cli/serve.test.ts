import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";

const dqo = fileURLToPath(new URL("../../bin/dqo.mjs", import.meta.url));
let dir = "";
const children: ChildProcess[] = [];
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), "dqo-serve-"));
});
afterEach(() => {
	for (const child of children.splice(0)) child.kill("SIGKILL");
	rmSync(dir, { recursive: true, force: true });
});

/** Starts the command; `output` resolves with the first of standard output, `ended` with all of it and the exit code. */
function start(...args: string[]) {
	const child = spawn(process.execPath, [dqo, "serve", "--data-dir", join(dir, "data"), ...args]);
	children.push(child);
	let [stdout, stderr] = ["", ""];
	const output = new Promise<string>((resolve) => {
		child.stdout.on("data", (chunk: Buffer) => {
			stdout += chunk;
			resolve(stdout);
		});
	});
	child.stderr.on("data", (chunk: Buffer) => {
		stderr += chunk;
	});
	const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
		child.on("close", (code) => resolve({ code, stdout, stderr }));
	});
	return { child, output, ended };
}

it("serves the app by a link, keeps a second start out, and ends with Ctrl-C", async () => {
	const first = start("--json", "--root", dir);
	const { url, port } = JSON.parse(await first.output);
	const entered = await fetch(url, { redirect: "manual" });
	expect(entered.status).toBe(303);
	const Cookie = entered.headers.getSetCookie()[0]?.split(";")[0] ?? "";

	const headers = { Cookie, Origin: `http://127.0.0.1:${port}` };
	const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
	await once(socket, "open");
	const call = (method: string, input: unknown) =>
		new Promise<unknown>((resolve) => {
			const hear = (data: Buffer) => {
				const message = JSON.parse(data.toString());
				if (message.type === "push") return;
				socket.off("message", hear);
				resolve(message);
			};
			socket.on("message", hear);
			socket.send(JSON.stringify({ type: "call", id: 7, method, input }));
		});
	const info = { shell: "browser", dataDir: join(dir, "data") };
	expect(await call("app.info", {})).toMatchObject({ type: "result", id: 7, output: info });
	// Only below the roots and the data folder; the system's own files are neither.
	const message = expect.stringContaining("outside the folders");
	for (const [method, input] of [
		["data.add", { paths: ["/etc/passwd"] }],
		["data.add", { paths: [`${dir}/data/../../../etc/passwd`] }],
		["files.browse", { dir: "/etc", show: "datasets" }],
		["models.add", { path: "/etc" }],
	] as const) {
		expect([method, await call(method, input)]).toMatchObject([
			method,
			{ type: "error", failure: { kind: "expected", error: { code: "usage", message } } },
		]);
	}

	const sent = await fetch(`http://127.0.0.1:${port}/upload?name=a.jsonl`, {
		method: "PUT",
		headers,
		body: "{}",
	});
	expect(await sent.json()).toEqual({ path: join(dir, "data", "imports", "a.jsonl") });

	const second = await start("--json").ended;
	expect(second.code).toBe(1);
	const { error } = JSON.parse(second.stdout);
	expect(error.code).toBe("run-exists");
	expect(error.hint).toContain(`It serves http://127.0.0.1:${port}/`);
	expect(error.hint).not.toContain("token");

	first.child.kill("SIGINT");
	const { code, stdout } = await first.ended;
	expect(code).toBe(0);
	expect(stdout.trim().split("\n")).toHaveLength(1);
	expect(existsSync(join(dir, "data", ".lock"))).toBe(false);
	expect(existsSync(join(dir, "data", "instance.json"))).toBe(false);
});

it("prints the link and the way through a tunnel, and ends when it is told to", async () => {
	const { child, output, ended } = start();
	const [link, tunnel] = (await output).split("\n");
	const port = link?.match(/^DQO Studio: http:\/\/127\.0\.0\.1:(\d+)\/\?token=[\w-]{43}$/)?.[1];
	expect(port).toBeDefined();
	expect(tunnel).toContain(`ssh -L ${port}:127.0.0.1:${port} `);
	child.kill("SIGTERM");
	expect((await ended).code).toBe(0);
});

it("refuses a root that is not there", async () => {
	const { code, stderr } = await start("--root", join(dir, "none")).ended;
	expect(code).toBe(2);
	expect(stderr).toContain("is not a folder");
});
