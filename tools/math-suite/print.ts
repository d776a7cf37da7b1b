import { hasMath500, MATH500, math500, runSuite, suiteTable } from "../../core/grading/testing/math-suite.ts";

// Prints how the MATH grader does on rewrites and near misses of MATH-500's reference answers:
//   DQO_DATA_DIR=data npx tsx tools/math-suite/print.ts
if (!hasMath500) {
	console.error(`${MATH500} is not there; set DQO_DATA_DIR to the folder that holds math/math500.jsonl.`);
	process.exitCode = 1;
} else {
	const result = runSuite(math500().map(({ answer }) => answer));
	console.log(suiteTable(result));
	for (const line of result.wrong) console.log(line);
	process.exitCode = result.wrong.length === 0 ? 0 : 1;
}
