import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "../contract/errors.ts";
import { CheckpointStore } from "./checkpoints.ts";
import { atomicWrite, makeFolder, writeAtomically, writeFully } from "./files.ts";
import { JsonLinesWriter, readJsonLines } from "./json-lines.ts";

/** A real file system of 128 KiB, or null where this user may not mount one. */
function mountSmallDisk(): string | null {
	const dir = mkdtempSync(join(tmpdir(), "dqo-full-"));
	try {
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", dir], { stdio: "ignore" });
		return dir;
	} catch {
		rmdirSync(dir);
		return null;
	}
}

const disk = mountSmallDisk();

describe.skipIf(disk === null)("on a full disk (skipped where no small file system can be mounted)", () => {
	const dir = disk as string;
	afterAll(() => {
		execFileSync("umount", [dir]);
		rmdirSync(dir);
	});

	test("an atomic write fails as disk-full, keeps the old file and frees what it took", () => {
		const path = join(dir, "a.bin");
		atomicWrite(path, "old");
		let error: unknown;
		try {
			atomicWrite(path, new Uint8Array(256 * 1024));
		} catch (caught) {
			error = caught;
		}
		expect(error).toBeInstanceOf(AppError);
		expect(error).toMatchObject({ code: "disk-full" });
		expect((error as AppError).message).toMatch(/a\.bin could not be written \([\d,]+ bytes free\)/);
		expect(readFileSync(path, "utf8")).toBe("old");
		expect(readdirSync(dir)).toEqual(["a.bin"]);
	});

	test("a checkpoint that does not fit leaves the one before and says so", async () => {
		const store = new CheckpointStore(join(dir, "checkpoints"));
		const write = (bytes: number) => (at: string) =>
			writeAtomically(join(at, "model.safetensors"), (fd) => writeFully(fd, new Uint8Array(bytes)));
		await store.write(5, null, write(1000));
		await expect(store.write(10, null, write(256 * 1024))).rejects.toMatchObject({
			code: "disk-full",
			hint: "Free some space: the run can be resumed from the checkpoint of step 5.",
		});
		expect(readdirSync(store.dir)).toEqual(["step-000005"]);
		expect((await store.open(5)).step).toBe(5);
	});

	test("a log on a full disk keeps whole lines only, and goes on when there is space", () => {
		const path = join(dir, "log.jsonl");
		const writer = new JsonLinesWriter(path);
		const line = { text: "x".repeat(3000) };
		let lines = 0;
		expect(() => {
			for (; lines < 1000; lines++) writer.append(line);
		}).toThrow(expect.objectContaining({ code: "disk-full" }));
		expect(lines).toBeGreaterThan(5);
		expect(statSync(path).size).toBe(lines * 3012);
		execFileSync("mount", ["-o", "remount,size=256k", dir]);
		writer.append(line);
		writer.close();
		expect(readJsonLines(path, z.strictObject({ text: z.string() }))).toHaveLength(lines + 1);
	});
});

test("a folder that cannot be made is named with the reason, also where a file is in the way", () => {
	const dir = mkdtempSync(join(tmpdir(), "dqo-folder-"));
	makeFolder(join(dir, "a/b/c"));
	makeFolder(join(dir, "a/b/c"));
	atomicWrite(join(dir, "file"), "x");
	for (const path of [join(dir, "file"), join(dir, "file/below/it")]) {
		expect(() => makeFolder(path)).toThrow(
			expect.objectContaining({
				code: "file-unreadable",
				message: expect.stringContaining("a file has this name"),
			}),
		);
	}
	rmSync(dir, { recursive: true });
});

test.skipIf(disk === null)("a read-only disk is called that, not a missing file", () => {
	const dir = mkdtempSync(join(tmpdir(), "dqo-read-only-"));
	execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", dir]);
	try {
		expect(() => makeFolder(join(dir, "runs/a"))).toThrow(
			expect.objectContaining({ code: "file-unreadable", message: expect.stringContaining("EROFS") }),
		);
	} finally {
		execFileSync("umount", [dir]);
		rmdirSync(dir);
	}
});
