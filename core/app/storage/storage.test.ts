import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { cleanCache, storageUsage } from "./storage.ts";

function write(path: string, bytes: number): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, Buffer.alloc(bytes));
}

test("caches are counted apart and cleaned, runs and imports stay; not while something is at work", async () => {
	const dir = temporaryFolder();
	write(join(dir, "runs/a/checkpoints/step-000001/trained.safetensors"), 1000);
	write(join(dir, "runs/a/cache/weights/w"), 200);
	write(join(dir, "runs/.cache/reference/x.f32"), 30);
	write(join(dir, "sweeps/s/trials/t001/metrics.jsonl"), 4);
	write(join(dir, "sweeps/s/trials/.cache/reference/y.f32"), 50);
	write(join(dir, "imports/data.jsonl"), 6);
	write(join(dir, "adapters/m-1-m-2/adapter_model.safetensors"), 8);
	write(join(dir, "cache/datasets/i"), 7);
	write(join(dir, "cache/weights/hash/model.safetensors"), 900);
	const bytes = async () =>
		Object.fromEntries((await storageUsage(dir)).parts.map((part) => [part.what, part.bytes]));
	const kept = { runs: 1000, sweeps: 4, imports: 6, generated: 0, exports: 0, adapters: 8 };
	expect(await bytes()).toEqual({ ...kept, cache: 1187 });
	await expect(cleanCache(dir, () => true)).rejects.toMatchObject({ code: "usage" });
	expect(await bytes()).toMatchObject({ cache: 1187 });
	expect(await cleanCache(dir, () => false)).toBe(1180);
	expect(await bytes()).toEqual({ ...kept, cache: 7 });
	expect(existsSync(join(dir, "runs/a/checkpoints/step-000001/trained.safetensors"))).toBe(true);
});
