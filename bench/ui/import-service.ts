import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DataService } from "../../core/app/data/service.ts";
import { Hub } from "../../core/app/hub.ts";
import { Places } from "../../core/app/places.ts";
import { settingsSchema } from "../../core/contract/api-app.ts";

export interface ImportFigures {
	rows: number;
	fileBytes: number;
	seconds: number;
	rowsPerSecond: number;
	/** Growth of the whole process, the reading thread in it, from before to its peak while reading. */
	peakExtraBytes: number;
	/** Longest time that the program's own loop was held up while the file was read, milliseconds. */
	longestBlockMs: number;
	/** Slowest of pages of 200 rows from all over the file, milliseconds. */
	slowestPageMs: number;
}

const WORDS = "apples pears buys gives each bags more than friends shells then how many does have left".split(
	" ",
);

/** A file of scored responses, eight to a prompt, about 350 bytes each. */
export function writeRows(path: string, rows: number): void {
	const fd = openSync(path, "w");
	let lines: string[] = [];
	for (let i = 0; i < rows; i++) {
		const word = (k: number): string => WORDS[(i * 7 + k * k * 5 + k) % WORDS.length] ?? "";
		const text = Array.from({ length: 24 }, (_, k) => word(k)).join(" ");
		const row = {
			prompt: `Problem ${i >> 3}: ${text.slice(0, 120)}?`,
			completion: `${i} ${text}`,
			label: i % 3 === 0,
		};
		lines.push(JSON.stringify(row));
		if (lines.length < 5000 && i < rows - 1) continue;
		writeSync(fd, `${lines.join("\n")}\n`);
		lines = [];
	}
	closeSync(fd);
}

/** Reads a file of a million rows through the app's own service, and pages through it. */
export async function importBench(rows = 1_000_000): Promise<ImportFigures> {
	const dir = mkdtempSync(join(tmpdir(), "dqo-import-bench-"));
	const path = join(dir, "rows.jsonl");
	writeRows(path, rows);
	const dataDir = join(dir, "data");
	mkdirSync(dataDir);
	const data = new DataService({
		dataDir,
		hub: new Hub(),
		places: new Places([{ name: "Bench", path: dir }]),
		hooks: { shell: "browser", pick: null, reveal: null },
		engine: {},
		settings: () => settingsSchema.parse({}),
	});
	try {
		await until(() => data.list().every((entry) => entry.state !== "reading"));
		const before = process.memoryUsage.rss();
		let peak = before;
		const watch = setInterval(() => {
			peak = Math.max(peak, process.memoryUsage.rss());
		}, 20);
		const delay = monitorEventLoopDelay({ resolution: 5 });
		delay.enable();
		const started = performance.now();
		const [id = ""] = data.add([path]);
		await until(() => data.entry(id).state !== "reading");
		const seconds = (performance.now() - started) / 1000;
		delay.disable();
		clearInterval(watch);
		const entry = data.entry(id);
		if (entry.state !== "ready" || entry.usableRows !== rows) throw new Error(JSON.stringify(entry));
		let slowestPageMs = 0;
		for (let i = 0; i < 40; i++) {
			const from = performance.now();
			const offset = Math.floor((rows - 200) * ((i * 0.618) % 1));
			await data.queries.ask("readPage", { dir: data.indexDir(id), offset, limit: 200 });
			// The first page waits for the thread to start.
			if (i > 0) slowestPageMs = Math.max(slowestPageMs, performance.now() - from);
		}
		return {
			rows,
			fileBytes: statSync(path).size,
			seconds,
			rowsPerSecond: rows / seconds,
			peakExtraBytes: peak - before,
			longestBlockMs: delay.max / 1e6,
			slowestPageMs,
		};
	} finally {
		data.close();
		rmSync(dir, { recursive: true, force: true });
	}
}

async function until(done: () => boolean): Promise<void> {
	while (!done()) await new Promise((resolve) => setTimeout(resolve, 50));
}
