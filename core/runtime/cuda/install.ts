import { mkdir, rm, stat, statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { z } from "zod";
import { AppError } from "../../contract/errors.ts";
import { download, packageUrl, sizeOf } from "./download.ts";
import { CUDA_PROVIDER_FILE } from "./library.ts";
import { Zip, type ZipEntry } from "./zip.ts";

/** What both CUDA and TensorRT need; the latter's own library comes along where the package has it. */
const NEEDED = [CUDA_PROVIDER_FILE, "libonnxruntime_providers_shared.so"];
const WANTED = [...NEEDED, "libonnxruntime_providers_tensorrt.so"];
/** The unpacked libraries where the package has not been looked into, with room to spare. */
const UNPACKED_BYTES = 400e6;

export interface InstallPlan {
	/** Version of the installed onnxruntime-node; the libraries must be of the same. */
	readonly version: string;
	/** A file on this computer, or an address. */
	readonly source: string;
	readonly folder: string;
	/** Null where the server does not tell. */
	readonly downloadBytes: number | null;
	readonly neededBytes: number;
	readonly freeBytes: number;
}

export interface InstallOptions {
	/** Folder of ONNX Runtime's native libraries. */
	readonly folder: string;
	/** A wheel of onnxruntime-gpu, a NuGet package, or another ZIP archive with the libraries; null downloads one. */
	readonly from: string | null;
	/** NuGet's service index, or a mirror's. */
	readonly index: string;
}

export interface InstallProgress {
	readonly doing: "download" | "unpack";
	readonly done: number;
	readonly total: number | null;
}

export function onnxRuntimeVersion(): string {
	const manifest: unknown = createRequire(import.meta.url)("onnxruntime-node/package.json");
	return z.object({ version: z.string() }).parse(manifest).version;
}

/**
 * Looks at what installing would take, and changes nothing. Throws `usage` on another platform than Linux x64, whose
 * package has no CUDA; `disk-full`; `file-missing` and `file-corrupt` for a file; `provider-unavailable` offline.
 */
export async function planInstall({ folder, from, index }: InstallOptions): Promise<InstallPlan> {
	if (process.platform !== "linux" || process.arch !== "x64") {
		throw new AppError({
			code: "usage",
			message: `ONNX Runtime's Node package has no CUDA for ${process.platform} ${process.arch}; only Linux x64 has it.`,
			hint: "`dqo doctor` shows what this computer can compute on instead.",
		});
	}
	const version = onnxRuntimeVersion();
	let source = from;
	let downloadBytes: number | null = null;
	let unpackedBytes = UNPACKED_BYTES;
	if (from === null) {
		source = await packageUrl(version, index);
		downloadBytes = await sizeOf(source);
	} else {
		const zip = await Zip.open(from);
		try {
			unpackedBytes = (await librariesOf(zip, from, version)).reduce((sum, { size }) => sum + size, 0);
		} finally {
			await zip.close();
		}
	}
	const neededBytes = unpackedBytes + (downloadBytes ?? 0);
	const disk = await statfs(folder);
	const freeBytes = disk.bavail * disk.bsize;
	if (freeBytes < neededBytes) {
		throw new AppError({
			code: "disk-full",
			message: `${megabytes(neededBytes)} are needed in ${folder}, and ${megabytes(freeBytes)} are free.`,
			hint: "Free some space on that disk.",
		});
	}
	return { version, source: source as string, folder, downloadBytes, neededBytes, freeBytes };
}

/** Carries out a plan; gives the files written. What was there before stays until its successor is whole. */
export async function install(
	{ source, folder, version, downloadBytes }: InstallPlan,
	onProgress: (progress: InstallProgress) => void,
): Promise<{ name: string; bytes: number }[]> {
	const remote = /^https?:/.test(source);
	const archive = remote ? join(folder, `${basename(source)}.download`) : source;
	try {
		await mkdir(folder, { recursive: true });
		if (remote) {
			let done = 0;
			await download(source, archive, (count) => {
				done += count;
				onProgress({ doing: "download", done, total: downloadBytes });
			});
		}
		return await unpack(archive, folder, version, onProgress);
	} catch (error) {
		throw asInstallError(error, folder);
	} finally {
		if (remote) await rm(archive, { force: true });
	}
}

async function unpack(
	archive: string,
	folder: string,
	version: string,
	onProgress: (progress: InstallProgress) => void,
): Promise<{ name: string; bytes: number }[]> {
	const zip = await Zip.open(archive);
	try {
		const entries = await librariesOf(zip, archive, version);
		const total = entries.reduce((sum, { size }) => sum + size, 0);
		let done = 0;
		const written: { name: string; bytes: number }[] = [];
		for (const entry of entries) {
			const name = basename(entry.name);
			const target = join(folder, name);
			await zip.extract(entry, target, (count) => {
				done += count;
				onProgress({ doing: "unpack", done, total });
			});
			written.push({ name, bytes: (await stat(target)).size });
		}
		return written;
	} finally {
		await zip.close();
	}
}

/** The libraries in a package. Throws `file-corrupt` where they are missing, `usage` where it is of another version. */
async function librariesOf(zip: Zip, path: string, version: string): Promise<ZipEntry[]> {
	const entries = WANTED.flatMap((name) => zip.entries.find((entry) => basename(entry.name) === name) ?? []);
	const missing = NEEDED.filter((name) => !entries.some((entry) => basename(entry.name) === name));
	if (missing.length > 0) {
		throw new AppError({
			code: "file-corrupt",
			message: `${path} does not hold ${missing.join(" and ")}.`,
			hint: `Take the wheel of onnxruntime-gpu ${version} for Linux x64 (any Python), or NuGet's Microsoft.ML.OnnxRuntime.Gpu.Linux.`,
		});
	}
	const found = await versionOf(zip);
	if (found !== null && found !== version) {
		throw new AppError({
			code: "usage",
			message: `${path} is of version ${found}; the installed onnxruntime-node is ${version}, and the two must be equal.`,
			hint: `Take version ${version}: pip download --no-deps onnxruntime-gpu==${version}.`,
		});
	}
	return entries;
}

/** A wheel names its version in a folder, a NuGet package in its manifest; another archive does not tell. */
async function versionOf(zip: Zip): Promise<string | null> {
	for (const entry of zip.entries) {
		const wheel = /^onnxruntime_gpu-([^/]+)\.dist-info\//.exec(entry.name)?.[1];
		if (wheel !== undefined) return wheel;
		if (/^[^/]+\.nuspec$/.test(entry.name))
			return /<version>([^<]+)<\/version>/.exec(await zip.text(entry))?.[1] ?? null;
	}
	return null;
}

function asInstallError(error: unknown, folder: string): unknown {
	const { code } = error as NodeJS.ErrnoException;
	if (code === "ENOSPC") {
		const message = `The disk that holds ${folder} is full.`;
		return new AppError(
			{ code: "disk-full", message, hint: "Free some space on that disk." },
			{ cause: error },
		);
	}
	if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
		return new AppError(
			{
				code: "file-unreadable",
				message: `${folder} cannot be written to (${code}).`,
				hint: "Run this as the user who installed the program; an AppImage cannot be added to, its CUDA variant can be had instead.",
			},
			{ cause: error },
		);
	}
	return error;
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
