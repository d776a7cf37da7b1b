import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Push } from "../../contract/api.ts";
import { settingsSchema } from "../../contract/api-app.ts";
import { type DataEntry, dataApi } from "../../contract/api-data.ts";
import type { AppContext } from "../context.ts";
import { Hub } from "../hub.ts";
import { ModelService } from "../models/service.ts";
import { Places } from "../places.ts";
import { createDataHandlers } from "./handlers.ts";
import { DataService } from "./service.ts";
import { TokenQueries } from "./token-queries.ts";

let dir: string;
let service: DataService;
let models: ModelService;
let tokens: TokenQueries;
let hub: Hub;
let pushes: Push[];
let handlers: ReturnType<typeof createDataHandlers>;

beforeAll(() => {
	dir = realpathSync(mkdtempSync(join(tmpdir(), "dqo-app-data-")));
	for (const name of ["data", "files"]) mkdirSync(join(dir, name));
	open();
});
afterAll(() => {
	close();
	rmSync(dir, { recursive: true });
});

function open(): void {
	hub = new Hub();
	pushes = [];
	hub.subscribe((push) => pushes.push(push));
	const dataDir = join(dir, "data");
	const context: AppContext = {
		dataDir,
		hub,
		places: new Places([
			{ name: "Data", path: dataDir },
			{ name: "Files", path: join(dir, "files") },
		]),
		hooks: { shell: "browser", pick: null, reveal: null },
		engine: {},
		settings: () => settingsSchema.parse({}),
	};
	service = new DataService(context);
	models = new ModelService(context);
	tokens = new TokenQueries(context, service, models);
	handlers = createDataHandlers(service, tokens);
}

function close(): void {
	service.close();
	models.close();
	tokens.close();
}

function write(name: string, content: string | Buffer): string {
	const path = join(dir, "files", name);
	writeFileSync(path, content);
	return path;
}

async function read(id: string): Promise<DataEntry> {
	for (;;) {
		const entry = service.entry(id);
		if (entry.state !== "reading") return dataApi["data.get"].output.parse(entry);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

async function add(path: string): Promise<DataEntry> {
	const { ids } = await handlers["data.add"]({ paths: [path] });
	return read(ids[0] as string);
}

const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

test("a file is read in the background, told of as it goes, and its rows are given page by page", async () => {
	const rows = Array.from({ length: 1000 }, (_, i) => ({
		prompt: `p${i >> 2}`,
		completion: `r${i}`,
		label: i % 4 === 0,
	}));
	const path = write("scored.jsonl", jsonl(...rows));
	const entry = await add(path);
	expect(entry).toMatchObject({
		state: "ready",
		kind: "scored",
		format: "jsonl",
		rows: 1000,
		usableRows: 1000,
		errors: 0,
	});
	expect(pushes.filter((push) => push.type === "data").at(-1)).toEqual({ type: "data", entry });
	const summary = dataApi["data.summary"].output.parse(await handlers["data.summary"]({ id: entry.id }));
	expect(summary).toMatchObject({
		examples: 1000,
		prompts: 250,
		labelled: 1000,
		correct: 250,
		responsesPerPrompt: 4,
	});
	expect(summary.methods).toEqual(["sft", "rs", "kto", "dro", "dqo"]);
	const page = await handlers["data.rows"]({ id: entry.id, offset: 990, limit: 50 });
	expect(dataApi["data.rows"].output.parse(page)).toMatchObject({
		total: 1000,
		columns: ["prompt", "completion", "label"],
	});
	expect(page.rows).toHaveLength(10);
	expect(page.rows[3]).toEqual({ row: 994, level: null, values: ["p248", "r993", "false"] });
});
