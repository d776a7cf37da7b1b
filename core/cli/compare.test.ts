import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import type { Command, CommandContext } from "./command.ts";
import { compare } from "./commands/compare.ts";
import { evaluate } from "./commands/eval.ts";
import { inspect } from "./commands/inspect.ts";
import { values } from "./commands/values.ts";
import { parseLine } from "./parse.ts";
import { Reporter } from "./reporter.ts";

const context: CommandContext = { reporter: new Reporter(process.stderr), onInterrupt: () => () => {} };
const run = (command: Command, line: string) =>
	Promise.resolve().then(() => command.run(parseLine(command, line.split(" ")), context));

const dir = temporaryFolder();
/** Records as `dqo eval --out` writes them, the problems numbered and solved as told. */
function records(name: string, labels: readonly boolean[]): string {
	const path = join(dir, name);
	const rows = labels.map((label, i) => ({
		...{ row: i + 1, prompt: `problem ${i + 1}`, completion: "#### 1", label, extracted: "1", how: "strict" },
	}));
	writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
	return path;
}

describe("dqo compare", () => {
	it("tells who won what from two files of records", async () => {
		const a = records("a.jsonl", [true, true, false, false, false, false]);
		const b = records("b.jsonl", [true, false, true, true, true, false]);
		const { json, text } = await run(compare, `--a ${a} --b ${b}`);
		expect(json).toMatchObject({
			...{ n: 6, bothCorrect: 1, bothWrong: 1, difference: expect.closeTo(2 / 6, 12) },
			// One win against three: 2 (1 + 4) / 16, less 4 / 16.
			mcnemar: { exact: expect.closeTo(10 / 16, 12), midP: expect.closeTo(6 / 16, 12) },
			wonByA: [{ row: 2 }],
			wonByB: [{ row: 3 }, { row: 4 }, { row: 5 }],
		});
		expect(text).toMatch(/^a correct +1 +1$/m);
		expect(text).toMatch(/^a wrong +3 +1$/m);
		expect(text).toContain("b - a: +33.3 points");
	});

	it("says what is missing or wrong", async () => {
		const good = records("good.jsonl", [true]);
		await expect(run(compare, `--a ${dir} --b ${good}`)).rejects.toMatchObject({ code: "usage" });
		await expect(run(compare, `--a ${dir}/none --b ${good}`)).rejects.toMatchObject({ code: "file-missing" });
		const broken = join(dir, "broken.jsonl");
		writeFileSync(broken, '{"row": 1\n');
		await expect(run(compare, `--a ${good} --b ${broken}`)).rejects.toMatchObject({
			code: "data-invalid",
			message: expect.stringContaining("broken.jsonl, line 1"),
		});
	});
});

describe("options of decoding and values", () => {
	it("refuses what does not belong together", async () => {
		const line = `--model ${dir} --data ${dir} --task gsm8k`;
		await expect(run(evaluate, `${line} --n 4`)).rejects.toMatchObject({ code: "usage" });
		await expect(run(evaluate, `${line} --decode best-of-n --beams 2`)).rejects.toMatchObject({
			code: "usage",
		});
		const given = `--run ${dir} --data ${dir}`;
		await expect(run(values, `${given} --checkpoint newest`)).rejects.toThrow("best, last, all or a step");
		await expect(run(values, `${given} --rows 1,x`)).rejects.toThrow("row numbers");
	});
});

describe("dqo inspect", () => {
	const starter = new URL("../../resources/starter/model", import.meta.url).pathname;
	const prompt = "Ann has 7 apples. She buys 5 apples. How many apples does Ann have now?";
	const line = ["--model", starter, "--prompt", prompt, "--response", "7+5=12\n#### 12", "--threads", "1"];

	it("shows a response line by line, graded", async () => {
		const graded = parseLine(inspect, [...line, "--task", "gsm8k", "--reference", "#### 12"]);
		const { json, text } = await inspect.run(graded, context);
		expect(text).toMatch(/^- +-\d+\.\d\d +- +7\+5=12$/m);
		expect(text).toContain('correct, read "12"');
		expect(json).toMatchObject({ step: null, scores: { values: null, reward: 1 } });
	});
});
