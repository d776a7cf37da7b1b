import type { RunConfig } from "../../../core/contract/run.ts";

/** One setting over all compared runs; `values` in the order of the runs, undefined where a run has none. */
export interface SettingRow {
	readonly path: string;
	readonly values: readonly unknown[];
}

/** Settings that say nothing about what was learned: the version of the form, and where it ran. */
const LEFT_OUT: ReadonlySet<string> = new Set(["schemaVersion", "threads", "provider"]);
/** What is searched most comes first. */
const FIRST = ["method", "beta", "lr", "lambda", "valueLr", "adapter.type", "adapter.rank"];

/** Dotted paths of a configuration with their values; lists stay whole. */
export function flatten(value: unknown, path = ""): Map<string, unknown> {
	if (value === null || typeof value !== "object" || Array.isArray(value)) return new Map([[path, value]]);
	return new Map(
		Object.entries(value).flatMap(([name, inner]) => [
			...flatten(inner, path === "" ? name : `${path}.${name}`),
		]),
	);
}

/** Settings of several runs: those that differ, and those that are the same in all. */
export function compareSettings(configs: readonly (RunConfig | null)[]): {
	differ: SettingRow[];
	same: SettingRow[];
} {
	const flat = configs.map((config) => (config === null ? new Map<string, unknown>() : flatten(config)));
	const paths = [...new Set(flat.flatMap((one) => [...one.keys()]))].filter((path) => !LEFT_OUT.has(path));
	const rank = (path: string) => (FIRST.includes(path) ? FIRST.indexOf(path) : FIRST.length);
	const rows = paths
		.sort((a, b) => rank(a) - rank(b))
		.map((path): SettingRow => ({ path, values: flat.map((one) => one.get(path)) }));
	// A run without a readable configuration cannot be said to differ.
	const known = (row: SettingRow) => row.values.filter((_, i) => configs[i] !== null);
	const differs = (row: SettingRow) => new Set(known(row).map((value) => JSON.stringify(value))).size > 1;
	return { differ: rows.filter(differs), same: rows.filter((row) => !differs(row)) };
}
