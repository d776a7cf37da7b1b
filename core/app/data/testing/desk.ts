import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Push } from "../../../contract/api.ts";
import { settingsSchema } from "../../../contract/api-app.ts";
import { type DataEntry, dataApi } from "../../../contract/api-data.ts";
import { temporaryFolder } from "../../../store/testing/temporary-folder.ts";
import type { AppContext } from "../../context.ts";
import { Hub } from "../../hub.ts";
import { ModelService } from "../../models/service.ts";
import { Places } from "../../places.ts";
import { createDataHandlers } from "../handlers.ts";
import { DataService } from "../service.ts";
import { TokenQueries } from "../token-queries.ts";

/** The real services over a folder with `files` that a user may name; `reopen` is a restart of the program. */
export class Desk {
	readonly dir = temporaryFolder();
	readonly pushes: Push[] = [];
	context!: AppContext;
	data!: DataService;
	models!: ModelService;
	tokens!: TokenQueries;
	call!: ReturnType<typeof createDataHandlers>;

	constructor() {
		for (const name of ["data", "files"]) mkdirSync(join(this.dir, name));
		this.#open();
	}

	#open(): void {
		const hub = new Hub();
		hub.subscribe((push) => this.pushes.push(push));
		const dataDir = join(this.dir, "data");
		const places = new Places([
			{ name: "Data", path: dataDir },
			{ name: "Files", path: join(this.dir, "files") },
		]);
		this.context = {
			dataDir,
			hub,
			places,
			hooks: { shell: "browser", pick: null, reveal: null },
			engine: {},
			settings: () => settingsSchema.parse({}),
		};
		this.data = new DataService(this.context);
		this.models = new ModelService(this.context);
		this.tokens = new TokenQueries(this.context, this.data, this.models);
		this.call = createDataHandlers(this.data, this.tokens);
	}

	reopen(): void {
		this.close();
		this.#open();
	}

	close(): void {
		for (const service of [this.tokens, this.data, this.models]) service.close();
		this.context.hub.close();
	}

	write(name: string, content: string | Buffer): string {
		const path = join(this.dir, "files", name);
		writeFileSync(path, content);
		return path;
	}

	/** The entry once it is read. */
	async read(id: string): Promise<DataEntry> {
		for (;;) {
			const entry = dataApi["data.get"].output.parse(this.data.entry(id));
			if (entry.state !== "reading") return entry;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	async add(path: string): Promise<DataEntry> {
		const { ids } = await this.call["data.add"]({ paths: [path] });
		return this.read(ids[0] as string);
	}

	/** Writes and adds a file in one go. */
	take(name: string, content: string | Buffer): Promise<DataEntry> {
		return this.add(this.write(name, content));
	}
}

export const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
