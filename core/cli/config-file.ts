import { dirname, resolve } from "node:path";
import { AppError } from "../contract/errors.ts";
import { readJson } from "../store/files.ts";

type Fields = Record<string, unknown>;

/** Fields of a run's configuration that name files. */
export const RUN_PATHS = ["modelDir", "dataPath", "validationPath"] as const;

/** The object in a configuration file, its paths made absolute; none where no file is given. Throws `config-invalid`. */
export function objectIn(file: string | undefined, paths: readonly string[], hint: string): Fields {
	return file === undefined ? {} : withPaths(asObject(readJson(file), file, hint), file, paths);
}

/** Paths in a file are relative to it, so that it can move with its data. */
export function withPaths(fields: Fields, file: string | undefined, names: readonly string[]): Fields {
	if (file === undefined) return fields;
	const absolute = names.flatMap((name): [string, string][] => {
		const value = fields[name];
		return typeof value === "string" ? [[name, resolve(dirname(file), value)]] : [];
	});
	return { ...fields, ...Object.fromEntries(absolute) };
}

/** Throws `config-invalid` for anything but an object. */
export function asObject(value: unknown, what: string, hint: string): Fields {
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
	throw invalidConfig(`${what} is not a JSON object`, hint);
}

export function invalidConfig(what: string, hint: string): AppError {
	return new AppError({ code: "config-invalid", message: `${what}.`, hint });
}

/** The fields that were given. */
export function defined<T extends object>(fields: T): Partial<T> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
