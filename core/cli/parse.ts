import { parseArgs } from "node:util";
import { nearest } from "../contract/nearest.ts";
import type { Command, ParsedLine } from "./command.ts";
import { type Options, usageError } from "./options.ts";

/** Options that every command takes. */
const COMMON_FLAGS = ["json", "help"] as const;

/**
 * Reads a command's arguments by its table of options.
 * @throws AppError `usage` naming everything that is wrong at once, with the nearest name for a mistyped option.
 */
export function parseLine(command: Command, argv: readonly string[]): ParsedLine {
	const { options } = command;
	// Not strict, because strict parsing stops at the first mistake and suggests nothing.
	const { tokens } = parseArgs({
		args: [...argv],
		options: asParseArgs(options),
		strict: false,
		tokens: true,
	});
	const values: Record<string, unknown> = {};
	const positionals: string[] = [];
	const problems: string[] = [];
	let unknown = false;
	for (const token of tokens) {
		if (token.kind === "positional") positionals.push(token.value);
		if (token.kind !== "option" || COMMON_FLAGS.some((name) => name === token.name)) continue;
		const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
		if (option === undefined) {
			unknown = true;
			problems.push(unknownOption(token.rawName, Object.keys(options)));
			continue;
		}
		if (option.placeholder === null && token.value !== undefined) {
			problems.push(`--${token.name} takes no value`);
		} else if (option.placeholder !== null && token.value === undefined) {
			problems.push(`--${token.name} needs a value (${option.placeholder})`);
		} else {
			try {
				const value = option.read(token.value ?? "true");
				const before = option.many ? ((values[token.name] as unknown[] | undefined) ?? []) : null;
				values[token.name] = before === null ? value : [...before, ...(value as unknown[])];
			} catch (error) {
				problems.push(`--${token.name} ${(error as Error).message}`);
			}
		}
	}
	const allowed = command.positional === undefined ? 0 : 1;
	// After a mistyped option its value looks like an argument; one complaint is enough.
	if (!unknown)
		for (const extra of positionals.slice(allowed)) problems.push(`"${extra}" is one argument too many`);
	const seen = new Set(tokens.flatMap((token) => (token.kind === "option" ? [token.name] : [])));
	for (const [name, option] of Object.entries(options)) {
		if (option.required && !seen.has(name)) problems.push(`--${name} ${option.placeholder} is missing`);
	}
	if (problems.length > 0) {
		throw usageError(
			`dqo ${command.name}: ${problems.join("; ")}.`,
			`Run \`dqo ${command.name} --help\` for its options and examples.`,
			{ problems },
		);
	}
	return { values, positional: positionals[0] };
}

function unknownOption(rawName: string, names: string[]): string {
	const close = nearest(rawName.replace(/^-+/, ""), [...names, ...COMMON_FLAGS]);
	return `there is no option ${rawName}${close === undefined ? "" : ` (did you mean --${close}?)`}`;
}

function asParseArgs(options: Options): Record<string, { type: "string" | "boolean"; short?: string }> {
	const own = Object.entries(options).map(
		([name, option]) => [name, { type: option.placeholder === null ? "boolean" : "string" }] as const,
	);
	return { ...Object.fromEntries(own), json: { type: "boolean" }, help: { type: "boolean", short: "h" } };
}
