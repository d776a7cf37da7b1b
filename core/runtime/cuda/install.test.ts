import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zipOf } from "../testing/zip.ts";
import { libraryRemedy } from "./check.ts";
import { type InstallProgress, install, onnxRuntimeVersion, planInstall } from "./install.ts";
import { parseGpuList } from "./machine.ts";

const version = onnxRuntimeVersion();
const bytes = (length: number, seed: number) =>
	Uint8Array.from({ length }, (_, i) => (i * i * seed + (i >> 3)) & 255);
const libraries = {
	"libonnxruntime_providers_cuda.so": bytes(300_000, 7),
	"libonnxruntime_providers_shared.so": bytes(14_632, 3),
};
const inFolder = (folder: string) =>
	Object.fromEntries(Object.entries(libraries).map(([name, data]) => [`${folder}/${name}`, data]));
const wheel = (of = version) =>
	zipOf({ ...inFolder("onnxruntime/capi"), [`onnxruntime_gpu-${of}.dist-info/METADATA`]: Buffer.from("x") });
const nuget = (of = version) =>
	zipOf({
		"Microsoft.ML.OnnxRuntime.Gpu.Linux.nuspec": Buffer.from(`<metadata><version>${of}</version></metadata>`),
		...inFolder("runtimes/linux-x64/native"),
	});

let root = "";
let folder = "";
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "dqo-cuda-"));
	folder = join(root, "native");
	mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function written(name: string, data: Uint8Array): string {
	const path = join(root, name);
	writeFileSync(path, data);
	return path;
}
const plan = (from: string | null, index = "http://127.0.0.1:9/index.json") =>
	planInstall({ folder, from, index });
const isHere = process.platform === "linux" && process.arch === "x64";

describe.runIf(isHere)("installing the CUDA libraries", () => {
	it.each([
		["a wheel", wheel()],
		["a NuGet package", nuget()],
	])("takes them out of %s", async (_, archive) => {
		const found = await plan(written("package.zip", archive));
		expect(found).toMatchObject({ version, downloadBytes: null, neededBytes: 314_632 });
		expect(readdirSync(folder)).toEqual([]);
		const progress: InstallProgress[] = [];
		const files = await install(found, (one) => progress.push(one));
		expect(files.map(({ bytes: size }) => size)).toEqual([300_000, 14_632]);
		for (const [name, data] of Object.entries(libraries)) {
			expect(readFileSync(join(folder, name)).equals(data), name).toBe(true);
		}
		expect(progress.at(-1)).toEqual({ doing: "unpack", done: 314_632, total: 314_632 });
	});

	it("refuses another version, naming both", async () => {
		for (const archive of [wheel("1.2.3"), nuget("1.2.3")]) {
			await expect(plan(written("old.zip", archive))).rejects.toMatchObject({
				code: "usage",
				message: expect.stringMatching(new RegExp(`1\\.2\\.3.*${version}`)),
			});
		}
	});

	it("refuses what is cut off, is no archive, lacks the libraries or is not there", async () => {
		const whole = wheel();
		for (const data of [
			whole.subarray(0, 2000),
			Buffer.from("no archive"),
			zipOf({ "a.txt": bytes(9, 1) }),
		]) {
			await expect(plan(written("bad.whl", data))).rejects.toMatchObject({ code: "file-corrupt" });
		}
		await expect(plan(join(root, "none.whl"))).rejects.toMatchObject({ code: "file-missing" });
	});

	it("keeps what was there when the new file does not match its checksum", async () => {
		writeFileSync(join(folder, "libonnxruntime_providers_cuda.so"), "before");
		const damaged = Buffer.from(wheel());
		// Past the local header, in the first library.
		damaged[200] = (damaged[200] as number) ^ 0xff;
		const found = await plan(written("damaged.whl", damaged));
		await expect(install(found, () => {})).rejects.toMatchObject({ code: "file-corrupt" });
		expect(readFileSync(join(folder, "libonnxruntime_providers_cuda.so")).equals(Buffer.from("before"))).toBe(
			true,
		);
		expect(readdirSync(folder)).toEqual(["libonnxruntime_providers_cuda.so"]);
	});

	it("unpacks no more than the archive says, and leaves nothing of it", async () => {
		const bomb = Buffer.from(wheel());
		const name = "onnxruntime/capi/libonnxruntime_providers_cuda.so";
		// The unpacked size stands 22 bytes before the name in the directory, the entry that comes last.
		bomb.writeUInt32LE(1000, bomb.lastIndexOf(name) - 22);
		const found = await plan(written("bomb.whl", bomb));
		const seen: number[] = [];
		await expect(install(found, ({ done }) => seen.push(done))).rejects.toMatchObject({
			code: "file-corrupt",
		});
		expect(seen).toEqual([]);
		expect(readdirSync(folder)).toEqual([]);
	});

	it("refuses an entry whose bytes lie past the end", async () => {
		const damaged = Buffer.from(wheel());
		const name = "onnxruntime/capi/libonnxruntime_providers_cuda.so";
		damaged.writeUInt32LE(damaged.length - 3, damaged.lastIndexOf(name) - 4);
		const found = await plan(written("damaged.whl", damaged));
		await expect(install(found, () => {})).rejects.toMatchObject({ code: "file-corrupt" });
	});

	describe("from a server", () => {
		const servers: Server[] = [];
		afterEach(() => {
			for (const server of servers.splice(0)) server.close();
		});
		/** A NuGet mirror with one package. */
		async function mirror(body: Buffer): Promise<{ index: string; asked: string[] }> {
			const asked: string[] = [];
			const server = createServer((request, response) => {
				asked.push(`${request.method} ${request.url}`);
				const at = `http://${request.headers.host}`;
				if (request.url === "/index.json") {
					const resources = [{ "@id": `${at}/flat/`, "@type": "PackageBaseAddress/3.0.0" }];
					response.setHeader("content-type", "application/json");
					return response.end(JSON.stringify({ version: "3.0.0", resources }));
				}
				if (!request.url?.startsWith("/flat/")) return response.writeHead(404).end();
				response.setHeader("content-length", body.length);
				return request.method === "HEAD" ? response.end() : response.end(body);
			});
			servers.push(server);
			await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
			return { index: `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.json`, asked };
		}

		it("fetches the package of the installed version and leaves nothing else behind", async () => {
			const body = nuget();
			const { index, asked } = await mirror(body);
			const found = await plan(null, index);
			expect(found.downloadBytes).toBe(body.length);
			expect(asked.some((line) => line.startsWith("GET /flat"))).toBe(false);
			await install(found, () => {});
			const name = "microsoft.ml.onnxruntime.gpu.linux";
			expect(asked.at(-1)).toBe(`GET /flat/${name}/${version}/${name}.${version}.nupkg`);
			expect(readdirSync(folder).sort()).toEqual(Object.keys(libraries).sort());
		});

		it("says what to do without internet", async () => {
			await expect(plan(null)).rejects.toMatchObject({
				code: "provider-unavailable",
				hint: expect.stringContaining("--from"),
			});
			expect(existsSync(folder)).toBe(true);
		});
	});
});

describe("what is told of the machine", () => {
	it("names GPUs as nvidia-smi -L lists them", () => {
		const listing =
			"GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1a2b)\nGPU 1: NVIDIA GeForce RTX 4090 (UUID: GPU-3c4d)\n  MIG 1g.10gb Device 0: (UUID: MIG-5e)\n";
		expect(parseGpuList(listing)).toEqual(["NVIDIA H100 80GB HBM3", "NVIDIA GeForce RTX 4090"]);
		expect(parseGpuList("NVIDIA-SMI has failed because it couldn't communicate with the driver")).toEqual([]);
	});

	it("asks for the CUDA version that the provider was built for", () => {
		expect(libraryRemedy(["libcublas.so.12", "libcudnn.so.9"])).toMatch(
			/CUDA 12 .*nvidia-cublas-cu12.*cudnn-cu12/,
		);
		expect(libraryRemedy(["libcublasLt.so.13"])).toMatch(/cuda-libraries-13.*nvidia-cublas /);
		expect(libraryRemedy(["libcudnn.so.9"])).not.toContain("cuda-libraries");
	});
});
