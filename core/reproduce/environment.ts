import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { z } from "zod";
import type { VersionedFormat } from "../store/versioned.ts";

export const environmentSchema = z.strictObject({
	schemaVersion: z.literal(1),
	program: z.string(),
	/** Null outside of a git checkout. */
	commit: z.string().nullable(),
	/** Whether the checkout had changes that are in no commit. */
	modified: z.boolean(),
	node: z.string(),
	onnxRuntime: z.string(),
	system: z.string(),
	cpu: z.string(),
	cores: z.int().min(1),
	memoryGib: z.number(),
	started: z.iso.datetime(),
	parallel: z.int().min(1),
});
export type Environment = z.infer<typeof environmentSchema>;

export const ENVIRONMENT: VersionedFormat<Environment> = {
	what: "description of the machine",
	version: 1,
	schema: environmentSchema,
	migrations: {},
};

const manifest = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });

/** The program, its versions and the machine, as they are now. */
export function describeEnvironment(parallel: number): Environment {
	const root = new URL("../../", import.meta.url);
	const { version, dependencies } = manifest.parse(
		JSON.parse(readFileSync(new URL("package.json", root), "utf8")),
	);
	const git = (...args: string[]): string | null => {
		try {
			return execFileSync("git", args, {
				cwd: root,
				encoding: "utf8",
				stdio: ["ignore", "pipe", "ignore"],
			}).trim();
		} catch {
			// Installed without its history, or without git: the version must do.
			return null;
		}
	};
	const [cpu] = cpus();
	return {
		schemaVersion: 1,
		program: version,
		commit: git("rev-parse", "HEAD"),
		modified: (git("status", "--porcelain", "--untracked-files=no") ?? "") !== "",
		node: process.version,
		onnxRuntime: dependencies["onnxruntime-node"] ?? "unknown",
		system: `${platform()} ${release()}`,
		cpu: cpu?.model.trim() || "unknown",
		cores: Math.max(1, cpus().length),
		memoryGib: Math.round(totalmem() / 2 ** 30),
		started: new Date().toISOString(),
		parallel,
	};
}
