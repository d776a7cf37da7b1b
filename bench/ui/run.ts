import { chromium } from "playwright";
import { chromiumPath } from "../../e2e/drivers/shells.ts";
import type { Row } from "./case.ts";
import { bench as charts } from "./charts.ts";
import { bench as firstPaint } from "./first-paint.ts";
import { bench as imports } from "./import.ts";

/**
 * `npm run bench:ui [case ...]`: runs the cases beside this file in Chromium and prints a table and JSON. `DQO_CHROMIUM` names one in an
 * unusual place. Exits 1 when a target is missed.
 */
const chosen = process.argv.slice(2);

function verdict({ value, target }: Row): string {
	if (!target) return "";
	const met = value >= (target.least ?? -Infinity) && value <= (target.most ?? Infinity);
	const aim = target.least !== undefined ? `>= ${target.least}` : `<= ${target.most}`;
	return met ? `met (${aim})` : `MISSED (${aim})`;
}

const CASES = [charts, firstPaint, imports];
const executablePath = chromiumPath();
const browser = await chromium.launch({
	...(executablePath ? { executablePath } : {}),
	args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
const results: { case: string; rows: Row[] }[] = [];
try {
	for (const bench of CASES) {
		if (chosen.length > 0 && !chosen.includes(bench.name)) continue;
		results.push({ case: bench.name, rows: await bench.run(browser) });
	}
} finally {
	await browser.close();
}
console.table(
	results.flatMap((r) =>
		r.rows.map((row) => ({
			case: r.case,
			figure: row.name,
			value: Number(row.value.toPrecision(3)),
			unit: row.unit,
			target: verdict(row),
		})),
	),
);
console.log(JSON.stringify(results));
if (results.some((r) => r.rows.some((row) => verdict(row).startsWith("MISSED")))) process.exitCode = 1;
