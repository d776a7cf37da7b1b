import { basename, dirname } from "node:path";
import type { OpenDialogOptions } from "electron";

/** The system's dialog for what is to be picked. */
export function openDialogFor(what: "datasets" | "model" | "folder", title: string): OpenDialogOptions {
	if (what === "folder") return { title, properties: ["openDirectory", "createDirectory"] };
	if (what === "model") return { title, properties: ["openDirectory"] };
	return {
		title,
		properties: ["openFile", "multiSelections"],
		filters: [
			{ name: "Data sets", extensions: ["jsonl", "json", "csv", "tsv", "parquet", "gz"] },
			{ name: "All files", extensions: ["*"] },
		],
	};
}

/** What a dropped file lets the page name: itself, and for a model's `config.json` the folder that was dropped. */
export function droppedPlace(path: string): string {
	return basename(path) === "config.json" ? dirname(path) : path;
}
