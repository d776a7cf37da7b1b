import { AppError } from "../contract/errors.ts";

/** One option of a command: how it reads its text, and what help says about it. */
export interface Option<T> {
	/** Shown after the name, as in `--out DIR`; a flag has none. */
	readonly placeholder: string | null;
	readonly help: string;
	readonly required: boolean;
	/** Shown in help; the command itself applies it. */
	readonly fallback?: string;
	/** The option may be given several times; its value is then a list, and `T` the type of the list. */
	readonly many?: true;
	/** Throws an Error whose message completes "--name ...". Flags get "true". */
	read(text: string): T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** What parsing a command line with these options gives. */
export type Values<O extends Options> = {
	readonly [K in keyof O]: O[K] extends Needed<infer T>
		? T
		: O[K] extends Option<infer T>
			? T | undefined
			: never;
};

export interface Needed<T> extends Option<T> {
	readonly required: true;
}

const notNumber = (text: string) => new Error(`takes a number, not "${text}"`);

export function text(placeholder: string, help: string, fallback?: string): Option<string> {
	return { placeholder, help, required: false, fallback, read: (value) => nonEmpty(value) };
}

function nonEmpty(value: string): string {
	if (value === "") throw new Error("must not be empty");
	return value;
}

export function flag(help: string): Option<boolean> {
	return { placeholder: null, help, required: false, read: () => true };
}

interface Range {
	readonly min?: number;
	readonly max?: number;
	/** The number must be larger than this. */
	readonly above?: number;
}

/** A finite number within the range. */
export function number(help: string, range: Range = {}, fallback?: string): Option<number> {
	return { placeholder: "X", help, required: false, fallback, read: (value) => readNumber(value, range) };
}

/** A whole number within `[min, max]`. */
export function integer(
	help: string,
	range: { min?: number; max?: number } = {},
	fallback?: string,
): Option<number> {
	return {
		placeholder: "N",
		help,
		required: false,
		fallback,
		read: (value) => {
			const read = readNumber(value, range);
			if (!Number.isSafeInteger(read)) throw new Error(`takes a whole number, not "${value}"`);
			return read;
		},
	};
}

function readNumber(value: string, { min, max, above }: Range): number {
	const read = Number(value);
	if (value.trim() === "" || !Number.isFinite(read)) throw notNumber(value);
	if (min !== undefined && read < min) throw new Error(`must be at least ${min}, not ${value}`);
	if (above !== undefined && read <= above) throw new Error(`must be above ${above}, not ${value}`);
	if (max !== undefined && read > max) throw new Error(`must be at most ${max}, not ${value}`);
	return read;
}

export function choice<const C extends string>(choices: readonly C[], help: string, fallback?: C): Option<C> {
	return {
		placeholder: choices.join("|"),
		help,
		required: false,
		fallback,
		read: (value) => {
			const found = choices.find((one) => one === value);
			if (found === undefined) throw new Error(`takes ${choices.join(" or ")}, not "${value}"`);
			return found;
		},
	};
}

/** An option that may be given several times; its values come in the order given. */
export function many<T>(option: Option<T>): Option<T[]> {
	return { ...option, many: true, read: (value) => [option.read(value)] };
}

export function needed<T>(option: Option<T>): Needed<T> {
	return { ...option, required: true };
}

/** A wrong command line: exit code 2. */
export function usageError(message: string, hint: string, details?: unknown): AppError {
	return new AppError({ code: "usage", message, hint, details });
}
