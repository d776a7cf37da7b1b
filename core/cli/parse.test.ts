import { describe, expect, it } from "vitest";
import { AppError } from "../contract/errors.ts";
import { type Command, defineCommand } from "./command.ts";
import { evaluate } from "./commands/eval.ts";
import { exportRun } from "./commands/export.ts";
import { generate } from "./commands/generate.ts";
import { importCommand } from "./commands/import.ts";
import { pairs } from "./commands/pairs.ts";
import { train } from "./commands/train.ts";
import { byteSize, duration, percent, table } from "./format.ts";
import { commandHelp } from "./help.ts";
import { choice, flag, integer, many, needed, number, text } from "./options.ts";
import { parseLine } from "./parse.ts";
import { Reporter } from "./reporter.ts";

const bake = defineCommand({
	name: "bake",
	summary: "bake bread",
	positional: { name: "LOAF", help: "which" },
	options: {
		flour: needed(text("KIND", "what to bake with")),
		minutes: integer("how long", { min: 1 }, "40"),
		heat: number("how hot", { max: 300 }),
		salt: number("how salty", { above: 0 }),
		crust: choice(["soft", "hard"], "how it ends"),
		steam: flag("with water"),
	},
	examples: [{ line: "dqo bake --flour rye", does: "a rye loaf" }],
	run: async () => ({ json: {}, text: "" }),
});

function problemsOf(...argv: string[]): string[] {
	try {
		parseLine(bake, argv);
	} catch (error) {
		expect(error).toBeInstanceOf(AppError);
		expect((error as AppError).code).toBe("usage");
		return ((error as AppError).details as { problems: string[] }).problems;
	}
	return [];
}

describe("a command line", () => {
	it("gives typed values, with = or a space, flags, and the one argument without a name", () => {
		const { values, positional } = parseLine(bake, [
			"big",
			"--flour=rye",
			"--minutes",
			"50",
			"--steam",
			"--heat",
			"2e2",
		]);
		expect(values).toEqual({ flour: "rye", minutes: 50, steam: true, heat: 200 });
		expect(positional).toBe("big");
	});

	it.each([
		[["--flor", "rye", "--flour", "x"], ["there is no option --flor (did you mean --flour?)"]],
		[["--flour", "x", "--minutes", "1.5"], ['--minutes takes a whole number, not "1.5"']],
		[["--flour", "x", "--minutes", "0"], ["--minutes must be at least 1, not 0"]],
		[["--flour", "x", "--heat", "301"], ["--heat must be at most 300, not 301"]],
		[["--flour", "x", "--salt", "0"], ["--salt must be above 0, not 0"]],
		[["--flour", "x", "--heat", "NaN"], ['--heat takes a number, not "NaN"']],
		[["--flour", "x", "--crust", "burnt"], ['--crust takes soft or hard, not "burnt"']],
		[["--flour", "x", "--steam=yes"], ["--steam takes no value"]],
		[["--flour"], ["--flour needs a value (KIND)"]],
		[["--flour="], ["--flour must not be empty"]],
		[["a", "b", "--flour", "x"], ['"b" is one argument too many']],
		[["--constructor", "--flour", "x"], ["there is no option --constructor"]],
		[[], ["--flour KIND is missing"]],
	])("%j is refused", (argv, problems) => {
		expect(problemsOf(...argv)).toEqual(problems);
	});

	it("tells everything that is wrong at once", () => {
		expect(problemsOf("--minutes", "x", "--crust", "y", "--zzzzzzzz")).toHaveLength(4);
	});
});

describe("help", () => {
	it("names every option with its default, and every example is a line that the parser takes", () => {
		const help = commandHelp(bake);
		expect(help).toMatch(/--flour KIND\s+what to bake with \(required\)/);
		expect(help).toMatch(/--minutes N\s+how long \(default 40\)/);
		for (const command of [bake, train, generate, pairs, evaluate, exportRun, importCommand]) {
			for (const { line } of command.examples) {
				const [program, name, ...rest] = line.split(" ");
				expect([program, name]).toEqual(["dqo", command.name]);
				expect(() => parseLine(command, rest)).not.toThrow();
			}
		}
	});

	it("lists the fixed options of the commands", () => {
		const has = (command: { options: object }, names: string) =>
			expect(Object.keys(command.options)).toEqual(expect.arrayContaining(names.split(" ")));
		has(generate, "model data out n top-p top-k threshold temperature greedy max-new-tokens seed limit");
		has(train, "model data out config method beta lr lambda epochs max-steps lora-rank full seed resume");
		has(
			train,
			"preset importance-weight process-reward-scale value-function label-smoothing desirable-weight",
		);
		has(pairs, "data out ratio seed");
		has(evaluate, "model data task samples limit");
		has(exportRun, "run format out");
	});
});

describe("progress", () => {
	const envelope = { schemaVersion: 1, seq: 1, time: "2026-01-01T00:00:00.000Z" } as const;
	const at = (done: number) =>
		({ ...envelope, type: "progress", phase: "train", done, total: 100, secondsLeft: 75 }) as const;

	function play(isTTY: boolean): string {
		let written = "";
		let now = 0;
		const screen = { isTTY, columns: 60, write: (part: string) => (written += part) };
		const reporter = new Reporter(screen, () => now);
		for (let done = 1; done <= 100; done++) {
			reporter.event(at(done));
			now += 200;
		}
		reporter.event({ ...envelope, type: "warning", code: "w", message: "look out", hint: "do this" });
		return written;
	}

	it("is a few plain lines with the time left where there is no terminal", () => {
		const lines = play(false).split("\n");
		expect(lines).toContain("training 1 % (1/100), 1m15s left");
		expect(lines).toContain("training 100 % (100/100), 1m15s left");
		// 20 s of work at one line in 5 s.
		expect(lines.filter((line) => line.includes("left")).length).toBeLessThanOrEqual(6);
		expect(lines).toContain("warning[w]: look out");
		expect(play(false)).not.toContain("\x1b");
	});

	it("is one bar on a terminal, redrawn in place, never wider than it, and cleared before other lines", () => {
		const written = play(true);
		const bars = written.split("\r\x1b[2K").filter((part) => part.startsWith("["));
		expect(bars).toHaveLength(100);
		expect(Math.max(...bars.map((bar) => bar.length))).toBeLessThan(60);
		expect(bars[49]).toContain("[############............] training 50 %");
		expect(written).toContain("\r\x1b[2Kwarning[w]: look out\n");
	});
});

describe("an evaluation", () => {
	it("is told as far as it was measured, and not at all when nothing was", () => {
		let written = "";
		const reporter = new Reporter({ write: (part: string) => (written += part) });
		const evaluation = (accuracy: number | null, valueAuc: number | null) =>
			reporter.event({
				...{ schemaVersion: 1, seq: 1, time: "2026-01-01T00:00:00.000Z", type: "eval", split: "validation" },
				...{ step: 3, n: 10, accuracy, accuracyInterval: null, heldOutLoss: null, valueAuc, samples: [] },
			});
		evaluation(null, null);
		expect(written).toBe("");
		evaluation(0.5, 0.75);
		expect(written).toBe("step 3 validation: accuracy 50.0 % (n = 10), AUC of V 0.750\n");
	});
});

describe("numbers for people", () => {
	it.each([
		[duration(59.6), "1m00s"],
		[duration(12), "12s"],
		[duration(3725), "1h02m"],
		[byteSize(1023), "1023 B"],
		[byteSize(1536), "1.5 KiB"],
		[percent(0.5251), "52.5 %"],
		[
			table([
				["a", "b"],
				["long", "x"],
			]),
			"a     b\n----  -\nlong  x",
		],
	])("%s", (shown, expected) => expect(shown).toBe(expected));
});

it("gathers an option that may be given several times, in order", () => {
	const options = { space: many(text("WORDS", "")), out: text("DIR", "") };
	const command: Command = {
		name: "test",
		summary: "",
		options,
		examples: [],
		run: async () => ({ json: {}, text: "" }),
	};
	const { values } = parseLine(command, ["--space", "a=1", "--out", "x", "--space=b=2", "--out", "y"]);
	expect(values).toEqual({ space: ["a=1", "b=2"], out: "y" });
});
