import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { appApi } from "../../contract/api-app.ts";
import { temporaryFolder } from "../../store/testing/temporary-folder.ts";
import { STARTER_DIR } from "../data/builtin.ts";
import { Places } from "../places.ts";
import { createFilesHandlers } from "./handlers.ts";

function folder() {
	const dir = join(temporaryFolder(), "root");
	mkdirSync(dir);
	const hooks = { shell: "browser", pick: null, reveal: null } as const;
	const call = createFilesHandlers(new Places([{ name: "Root", path: dir }]), hooks)["files.browse"];
	const list = async (at: string | null, show: "datasets" | "models" | "folders" = "datasets") =>
		appApi["files.browse"].output.parse(await call({ dir: at, show }));
	return { dir, list };
}

it("lists folders and data files, models told by what they hold, hidden and broken ones left out", async () => {
	const { dir, list } = folder();
	for (const name of ["rows10.jsonl", "rows9.csv.gz", "notes.md", ".secret.jsonl"])
		writeFileSync(join(dir, name), "x");
	cpSync(join(STARTER_DIR, "model"), join(dir, "starter"), { recursive: true });
	mkdirSync(join(dir, "closed"));
	chmodSync(join(dir, "closed"), 0);
	symlinkSync(join(dir, "gone"), join(dir, "dangling.jsonl"));
	const listed = await list(null);
	expect(listed).toMatchObject({ dir, parent: null, roots: [{ name: "Root", path: dir }], omitted: 0 });
	expect(listed.entries.map(({ name, type, looksLike, bytes }) => [name, type, looksLike, bytes])).toEqual([
		["closed", "folder", null, null],
		["starter", "folder", "model", null],
		["rows9.csv.gz", "file", "dataset", 1],
		["rows10.jsonl", "file", "dataset", 1],
	]);
	expect((await list(null, "folders")).entries).toHaveLength(2);
	expect(await list(join(dir, "starter"))).toMatchObject({ parent: dir, entries: [] });
	chmodSync(join(dir, "closed"), 0o755);
});

it("refuses what lies outside, and says when a folder is gone", async () => {
	const { dir, list } = folder();
	await expect(list("/etc")).rejects.toThrow(/outside the folders/);
	await expect(list(join(dir, "gone"))).rejects.toMatchObject({ code: "file-missing" });
});

it("caps a huge folder and says how many are left out", async () => {
	const { dir, list } = folder();
	for (let i = 0; i < 2100; i++) writeFileSync(join(dir, `${i}.jsonl`), "");
	const { entries, omitted } = await list(dir);
	expect([entries.length, omitted]).toEqual([2000, 100]);
});
