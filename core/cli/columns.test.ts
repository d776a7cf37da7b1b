import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../store/testing/temporary-folder.ts";
import type { CommandContext } from "./command.ts";
import { grade } from "./commands/grade.ts";
import { parseLine } from "./parse.ts";
import { Reporter } from "./reporter.ts";

const context: CommandContext = { reporter: new Reporter(process.stderr), onInterrupt: () => () => {} };
const run = (line: string) =>
	Promise.resolve().then(() => grade.run(parseLine(grade, line.split(" ")), context));

const data = join(temporaryFolder(), "own-names.csv");
writeFileSync(
	data,
	"task,said,truth,ok\nsix by seven?,#### 42,#### 42,true\ntwo and two?,#### 5,#### 4,false\n",
);

it("reads a file whose columns have names of their own", async () => {
	const { json } = await run(
		`--data ${data} --task gsm8k --columns task=prompt,said=completion,truth=reference,ok=label`,
	);
	expect(json).toMatchObject({ compared: 2, agree: 2, disagreements: [] });
});

it("says how to name them when no form fits, and which column is not there", async () => {
	await expect(run(`--data ${data} --task gsm8k`)).rejects.toMatchObject({
		code: "data-invalid",
		hint: expect.stringContaining("--columns"),
	});
	await expect(run(`--data ${data} --task gsm8k --columns nothing=prompt`)).rejects.toMatchObject({
		code: "data-invalid",
		message: expect.stringContaining('no column "nothing"'),
	});
});
