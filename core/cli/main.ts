import { AppError, type ErrorBody } from "../contract/errors.ts";
import { nearest } from "../contract/nearest.ts";
import type { Answer, Command } from "./command.ts";
import { compare } from "./commands/compare.ts";
import { cuda } from "./commands/cuda.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { evaluate } from "./commands/eval.ts";
import { exportRun } from "./commands/export.ts";
import { generate } from "./commands/generate.ts";
import { grade } from "./commands/grade.ts";
import { importCommand } from "./commands/import.ts";
import { inspect } from "./commands/inspect.ts";
import { pairs } from "./commands/pairs.ts";
import { processScores } from "./commands/process-scores.ts";
import { reproduce } from "./commands/reproduce.ts";
import { runs } from "./commands/runs.ts";
import { serve } from "./commands/serve.ts";
import { split } from "./commands/split.ts";
import { sweep } from "./commands/sweep.ts";
import { train } from "./commands/train.ts";
import { values } from "./commands/values.ts";
import { commandHelp, programHelp } from "./help.ts";
import { usageError } from "./options.ts";
import { parseLine } from "./parse.ts";
import { Reporter } from "./reporter.ts";
import { version } from "./version.ts";

const COMMANDS: readonly Command[] = [
	demo,
	serve,
	generate,
	grade,
	pairs,
	split,
	processScores,
	train,
	sweep,
	reproduce,
	evaluate,
	compare,
	values,
	inspect,
	exportRun,
	importCommand,
	runs,
	doctor,
	cuda,
];

/** Runs one command line and resolves with its exit code: 0 success, 1 failure, 2 wrong command line, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<number> {
	const json = argv.includes("--json");
	const reporter = new Reporter(process.stderr);
	const interrupts: (() => void)[] = [];
	process.on("SIGINT", () => {
		const handler = interrupts.at(-1);
		if (handler !== undefined) return handler();
		void report(interrupted(), json, reporter).then((code) => process.exit(code));
	});
	const onInterrupt = (handler: () => void) => {
		interrupts.push(handler);
		return () => interrupts.splice(interrupts.indexOf(handler), 1);
	};
	try {
		const answer = await answerTo(argv, { reporter, onInterrupt });
		reporter.clear();
		await print(json ? JSON.stringify(answer.json) : answer.text);
		await answer.stay?.();
		return answer.exitCode ?? 0;
	} catch (error) {
		return report(error, json, reporter);
	}
}

async function answerTo(argv: readonly string[], context: Parameters<Command["run"]>[1]): Promise<Answer> {
	const [name, ...rest] = argv.filter((argument) => argument !== "--json");
	if (name === undefined) throw usageError("A command is missing.", `\n${programHelp(COMMANDS)}`);
	if (name === "--version") return { json: { version }, text: version };
	const asksForHelp = ["help", "--help", "-h"].includes(name);
	const wanted = asksForHelp ? rest[0] : name;
	if (wanted === undefined) return helpAnswer(programHelp(COMMANDS));
	const command = COMMANDS.find((candidate) => candidate.name === wanted);
	if (command === undefined) {
		const names = COMMANDS.map((candidate) => candidate.name);
		const close = nearest(wanted, names);
		throw usageError(
			`There is no command "${wanted}"${close === undefined ? "." : `; did you mean "${close}"?`}`,
			`Commands: ${names.join(", ")}. Run \`dqo --help\` for what they do.`,
		);
	}
	if (asksForHelp || rest.includes("--help") || rest.includes("-h")) return helpAnswer(commandHelp(command));
	return command.run(parseLine(command, rest), context);
}

function helpAnswer(text: string): Answer {
	return { json: { help: text }, text };
}

function interrupted(): AppError {
	return new AppError({ code: "cancelled", message: "Interrupted.", hint: "Nothing was left half written." });
}

/** Shows an error: an expected one as written, a bug with its stack and where to report it. */
async function report(error: unknown, json: boolean, reporter: Reporter): Promise<number> {
	reporter.clear();
	if (error instanceof AppError) {
		if (json) await print(JSON.stringify({ error: error.toBody() }));
		process.stderr.write(`error[${error.code}]: ${error.message}\n  hint: ${error.hint}\n`);
		return error.code === "usage" ? 2 : error.code === "cancelled" ? 130 : 1;
	}
	const { message, stack } = error instanceof Error ? error : new Error(String(error));
	const hint =
		"Please report it to the project with the command line and this text; nothing in it is your mistake.";
	const body: Omit<ErrorBody, "code"> & { code: "bug" } = { code: "bug", message, hint, details: { stack } };
	if (json) await print(JSON.stringify({ error: body }));
	process.stderr.write(`This is a bug in dqo ${version}.\n${stack ?? message}\n${hint}\n`);
	return 1;
}

/** Resolves when the text has left the process: exiting earlier would cut what a pipe has not yet taken. */
function print(text: string): Promise<void> {
	return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}
