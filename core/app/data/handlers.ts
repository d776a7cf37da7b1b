import { basename } from "node:path";
import type { DataSummary, dataApi } from "../../contract/api-data.ts";
import type { HandlersOf } from "../../contract/api-method.ts";
import { AppError } from "../../contract/errors.ts";
import { nearest } from "../../contract/nearest.ts";
import { DATASET_KINDS, type DatasetKind } from "../../datasets/types.ts";
import { atomicWrite } from "../../store/files.ts";
import { COLUMN_ROLES, describeColumns } from "./column-roles.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { methodsFor } from "./methods.ts";
import { describeGroups } from "./problem-rows.ts";
import type { DataService } from "./service.ts";
import { OVER_LIMIT, type TokenQueries } from "./token-queries.ts";

/** What a window may ask about data sets. */
export function createDataHandlers(data: DataService, tokens: TokenQueries): HandlersOf<typeof dataApi> {
	const manifestOf = (id: string): Manifest => readManifest(data.indexDir(id));
	return {
		"data.list": async () => ({ entries: data.list() }),
		"data.get": async ({ id }) => data.entry(id),
		"data.add": async ({ paths }) => ({ ids: data.add(paths) }),
		"data.paste": async ({ name, text }) => ({ id: paste(data, name, text) }),
		"data.rename": async ({ id, name }) => {
			data.rename(id, name);
			return {};
		},
		"data.remove": async ({ id, deleteFile }) => {
			data.remove(id, deleteFile);
			return {};
		},
		"data.cancel": async ({ id }) => {
			data.cancel(id);
			return {};
		},
		"data.reload": async ({ id }) => {
			data.reload(id);
			return {};
		},
		"data.summary": async ({ id }) => summarise(manifestOf(id)),
		"data.columns": async ({ id }) => ({
			columns: describeColumns(manifestOf(id)),
			roles: [...COLUMN_ROLES],
		}),
		"data.map": async ({ id, columns, kind }) => data.map(id, columns, kindOf(kind)),
		"data.rows": async ({ id, ...page }) => data.queries.ask("readPage", { dir: data.indexDir(id), ...page }),
		"data.problems": async ({ id }) => {
			const groups = describeGroups(manifestOf(id));
			const long = await tokens.longResponses(id);
			return { groups: long === null ? groups : [...groups, long] };
		},
		"data.problemRows": async ({ id, ...page }) =>
			page.code === OVER_LIMIT
				? tokens.longRows(id, page.offset, page.limit)
				: data.queries.ask("readProblemRows", { dir: data.indexDir(id), ...page }),
		"data.problemReport": async ({ id }) => {
			const stem = data.entry(id).name.replace(/[^\p{L}\p{N}._-]+/gu, "-");
			const text = await data.queries.ask("writeProblemReport", { dir: data.indexDir(id) });
			return { fileName: `${stem}-problems.csv`, text };
		},
		"data.lengths": async ({ id, ...encoding }) => tokens.lengths(id, encoding),
		"data.tokens": async ({ id, index, ...encoding }) => tokens.tokens(id, index, encoding),
	};
}

function summarise({ rows, counts }: Manifest): DataSummary {
	const { texts: _, scored: _s, pairs: _p, entries: _e, ...shown } = counts;
	return { rows, ...shown, methods: methodsFor(counts) };
}

function kindOf(kind: string | null): DatasetKind | null {
	const known = DATASET_KINDS.find((name) => name === kind);
	if (known !== undefined || kind === null) return known ?? null;
	const close = nearest(kind, DATASET_KINDS);
	const hint = close === undefined ? `Choose ${DATASET_KINDS.join(", ")}.` : `Did you mean ${close}?`;
	throw new AppError({ code: "usage", message: `There is no kind of data set called ${kind}.`, hint });
}

/** Keeps pasted text as a file of ours; its first character tells its format. */
function paste(data: DataService, name: string, text: string): string {
	const start = text.trimStart()[0];
	const header = text.trimStart().split("\n", 1)[0] ?? "";
	const ending = start === "[" ? "json" : start === "{" ? "jsonl" : header.includes("\t") ? "tsv" : "csv";
	const { path } = data.importTarget(`${basename(name).replace(/\.[a-z]+$/i, "")}.${ending}`);
	atomicWrite(path, text);
	return data.register({ path, name, origin: "imported" });
}
