import type { Options, Values } from "./options.ts";
import type { Reporter } from "./reporter.ts";

/** What a command found: `json` goes to standard output with `--json`, `text` without. */
export interface Answer {
	json: Record<string, unknown>;
	text: string;
	/** 0 unless given; 130 after an interruption that ended in good order. */
	exitCode?: number;
	/** What a command that stays does once its answer is printed, until it is ended. */
	stay?: () => Promise<void>;
}

export interface CommandContext {
	/** Progress and warnings; everything goes to standard error. */
	reporter: Reporter;
	/** Replaces what Ctrl-C does until the returned function is called. */
	onInterrupt(handler: () => void): () => void;
}

export interface Command {
	name: string;
	summary: string;
	/** Longer text of the command's own help. */
	about?: string;
	/** A single optional argument without a name. */
	positional?: { name: string; help: string };
	options: Options;
	examples: readonly { line: string; does: string }[];
	run(line: ParsedLine, context: CommandContext): Promise<Answer>;
}

export interface ParsedLine {
	values: Record<string, unknown>;
	positional: string | undefined;
}

/** Ties a command's options to the values its `run` gets. */
export function defineCommand<O extends Options>(
	command: Omit<Command, "run" | "options"> & {
		options: O;
		run(values: Values<O>, context: CommandContext, positional: string | undefined): Promise<Answer>;
	},
): Command {
	// The parser fills `values` from these very options, so their types hold.
	return {
		...command,
		run: ({ values, positional }, context) => command.run(values as Values<O>, context, positional),
	};
}
