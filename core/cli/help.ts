import type { Command } from "./command.ts";

/** Help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
	const width = Math.max(...commands.map((command) => command.name.length));
	return [
		"dqo: fine-tune language models on your own machine with Direct Q-function Optimization",
		"",
		"Usage: dqo COMMAND [options]",
		"",
		"Commands:",
		...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
		"",
		"Start here:",
		"  dqo demo               train the built-in starter model and see the gain, in about a minute",
		"  dqo COMMAND --help     options and examples of a command",
		"",
		"Every command takes --json (exactly one JSON object on standard output, errors included).",
		"Exit codes: 0 success, 1 failure, 2 wrong command line, 130 interrupted.",
	].join("\n");
}

/** Help of one command, made from its table of options. */
export function commandHelp(command: Command): string {
	const positional = command.positional ? ` [${command.positional.name}]` : "";
	const rows = Object.entries(command.options).map(([name, option]) => {
		const left = `--${name}${option.placeholder === null ? "" : ` ${option.placeholder}`}`;
		const note = option.required
			? " (required)"
			: option.fallback === undefined
				? ""
				: ` (default ${option.fallback})`;
		return [left, `${option.help}${note}`] as const;
	});
	rows.push(["--json", "one JSON object on standard output"], ["-h, --help", "this help"]);
	if (command.positional) rows.unshift([command.positional.name, command.positional.help]);
	const width = Math.min(28, Math.max(...rows.map(([left]) => left.length)));
	return [
		`dqo ${command.name}: ${command.summary}`,
		...(command.about === undefined ? [] : ["", command.about]),
		"",
		`Usage: dqo ${command.name}${positional} [options]`,
		"",
		"Options:",
		...rows.map(([left, right]) =>
			left.length > width
				? `  ${left}\n  ${" ".repeat(width)}  ${right}`
				: `  ${left.padEnd(width)}  ${right}`,
		),
		"",
		"Examples:",
		...command.examples.flatMap(({ line, does }) => [`  # ${does}`, `  ${line}`]),
	].join("\n");
}
